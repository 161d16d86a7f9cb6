RealPatientParameters = phantom_from_ct = real_patient = None
