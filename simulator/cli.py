"""The command line: one function for each command, and one place where faults become messages and exit codes.

Exit codes: 0 done (also when the patient fared badly), 2 the user's input is at fault, 70 a defect of ours.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.faults import UserFaultError

if TYPE_CHECKING:
    from simulator.progress import Bars
    from simulator.scenario.build import Case
    from simulator.scenario.load import ScenarioFile

DEFAULT_SCENARIO = "patient-2"
SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
EXIT_DONE, EXIT_FAULT, EXIT_DEFECT = 0, 2, 70


def main(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    parser = _parser()
    arguments = parser.parse_args(list(argv))
    try:
        action: Callable[[argparse.Namespace], int] = getattr(arguments, "action", _bare)
        return action(arguments)
    except UserFaultError as fault:
        print(str(fault), file=sys.stderr)
        return EXIT_FAULT
    except KeyboardInterrupt:
        print("Stopped. What was recorded so far is kept.", file=sys.stderr)
        return EXIT_FAULT
    except BrokenPipeError:
        return EXIT_DONE
    except Exception:
        traceback.print_exc()
        print(
            "This is a defect of the simulator, not of your input. Please report the lines above.",
            file=sys.stderr,
        )
        return EXIT_DEFECT


def console() -> None:
    """Entry point of the `ctfsim` script."""
    sys.exit(main(sys.argv[1:]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run_sim.py",
        description="CT-fluoroscopy simulator for targeted epidural blood patches.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser("demo", help="the autopilot treats the default patient")
    demo.add_argument("--out", type=Path, help="folder for record, frames and report")
    demo.set_defaults(action=_demo)

    run = commands.add_parser("run", help="run a scenario with an operator or a command script")
    run.add_argument("scenario", type=Path, help="scenario file")
    who = run.add_mutually_exclusive_group()
    who.add_argument("--operator", default="autopilot", help="name of an operator (default: autopilot)")
    who.add_argument("--commands", type=Path, metavar="FILE", help="command script, JSON lines")
    run.add_argument("--seed", type=_seed, default=1, help="root of all chance (default: 1)")
    run.add_argument("--out", type=Path, help="folder (default: sessions/<scenario>-<seed>)")
    run.add_argument("--json", action="store_true", help="print the scorecard as JSON")
    run.set_defaults(action=_run)

    replay = commands.add_parser("replay", help="run a recorded session again")
    replay.add_argument("session", type=Path, help="session folder or record")
    replay.add_argument("--verify", action="store_true", help="compare events, images and score")
    replay.add_argument("--json", action="store_true", help="print the result as JSON")
    replay.set_defaults(action=_replay)

    report = commands.add_parser("report", help="write the debrief of a recorded session")
    report.add_argument("session", type=Path, help="session folder or record")
    report.add_argument("--out", type=Path, metavar="FILE", help="HTML file (default: beside the record)")
    report.set_defaults(action=_report)

    imported = commands.add_parser("import-ct", help="turn a labelled CT into a patient")
    imported.add_argument("ct", type=Path, help="CT as NIfTI")
    imported.add_argument("--labels", type=Path, help="vertebra labels as NIfTI, on the same grid")
    imported.add_argument("--name", required=True, help="name of the new patient")
    imported.add_argument("--out", type=Path, default=Path("patients"), help="folder for it (default: patients)")
    imported.set_defaults(action=_import_ct)

    doctor = commands.add_parser("doctor", help="what this machine lacks, and the mend")
    doctor.set_defaults(action=_doctor)
    return parser


def _seed(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is no seed: give a whole number from 0 to 2^63 - 1")
    return value


def _bare(arguments: argparse.Namespace) -> int:
    print("There is no window in this version; here is the demo. `--help` lists the commands.", file=sys.stderr)
    return _demo(argparse.Namespace(out=None))


def _demo(arguments: argparse.Namespace) -> int:
    return _treat(
        scenario_path=SCENARIOS / f"{DEFAULT_SCENARIO}.toml",
        operator="autopilot",
        script=None,
        seed=1,
        out=arguments.out,
        as_json=False,
    )


def _run(arguments: argparse.Namespace) -> int:
    return _treat(
        scenario_path=arguments.scenario,
        operator=arguments.operator,
        script=arguments.commands,
        seed=arguments.seed,
        out=arguments.out,
        as_json=arguments.json,
    )


def _treat(
    *, scenario_path: Path, operator: str, script: Path | None, seed: int, out: Path | None, as_json: bool
) -> int:
    """Treat one patient and leave record, scorecard, frames and report."""
    from simulator.operators import operator_named
    from simulator.procedure.commands import Finish
    from simulator.procedure.session import drive
    from simulator.progress import Bars
    from simulator.records.codec import read_script
    from simulator.records.folder import SessionFolder
    from simulator.records.runs import RecordedSession, card_of, header_of, versions
    from simulator.records.session_log import SessionLog
    from simulator.report.debrief import write_debrief
    from simulator.report.press_frames import FrameWriter
    from simulator.scenario.load import load_scenario, read_text

    started = time.monotonic()
    file = load_scenario(scenario_path)
    script_commands = None if script is None else read_script(script, read_text(script))
    decide = None if script_commands is not None else operator_named(operator)
    name = operator if script is None else "script"
    with Bars() as bars:
        case = _built(file, seed, bars)
        folder = SessionFolder.prepare(out, file.name, seed)
        frames = FrameWriter(folder.frames)
        header = header_of(case, operator=name, hands=case.world.settings.hands.name, scenario_place=str(scenario_path))
        with SessionLog(folder.record, header) as log:
            session = RecordedSession(case, log, progress=bars.report)
            session.watch(frames.write)
            if script_commands is not None:
                for command in script_commands:
                    session.do(command)
                if not session.state.finished:
                    session.do(Finish())
            else:
                assert decide is not None
                drive(session, decide)
            for number in session.presses():
                session.show(number)
            card = card_of(case, session, name)
            log.close({"scorecard": card})
        folder.card.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
        frames.animate(folder.animation)
        shown = {**card, "versions": versions()}
        write_debrief(session, shown, folder.report, title=case.scenario.title, operator=name, progress=bars.report)
    if as_json:
        print(json.dumps(card))
    print(_summary(card, folder.path, time.monotonic() - started), file=sys.stderr)
    return EXIT_DONE


def _built(file: ScenarioFile, seed: int, bars: Bars) -> Case:
    """The scenario's case, kernels compiled first where this is the first start."""
    from simulator.scenario.build import build_case
    from simulator.warm_up import WarmUp

    warm_up = WarmUp()
    try:
        warm_up.wait("patient", bars.report)
        case = build_case(
            file.scenario,
            name=file.name,
            seed=seed,
            place=str(file.path),
            folder=file.path.parent,
            progress=bars.report,
        )
        warm_up.wait("scanner", bars.report)
    finally:
        warm_up.stop()
    return case


def _summary(card: dict[str, Any], folder: Path, seconds: float) -> str:
    place = card["placement"]
    where = place["compartment"] or "no blood injected"
    level = f" at {place['level']}" if place["level"] else ""
    lines = [
        f"Score {card['score']:.1f} of 100; needle {where}{level}; "
        f"{card['dose']['total']['effective_dose_msv']:.2f} mSv.",
        *([f"Capped: {card['cap_reason']}."] if card["cap_reason"] else []),
        f"Record, frames and report.html are in {folder} ({seconds:.0f} s).",
    ]
    return "\n".join(lines)


def _replay(arguments: argparse.Namespace) -> int:
    """Run a record again; with --verify say whether it agrees."""
    from dataclasses import asdict

    from simulator.progress import Bars
    from simulator.records.replay import case_of, rerun, verify
    from simulator.records.runs import card_of
    from simulator.records.session_log import read_session

    record = read_session(arguments.session)
    with Bars() as bars:
        case = case_of(record, progress=bars.report)
        session = rerun(record, case, progress=bars.report)
        card = card_of(case, session, str(record.header.get("operator", "")))
        result: dict[str, Any] = {"commands": len(record.commands), "score": card["score"]}
        if arguments.verify:
            found = verify(record, case, session, progress=bars.report)
            result = {**result, "verification": asdict(found)}
    if arguments.json:
        print(json.dumps(result))
    print(f"Replayed {len(record.commands)} commands: score {card['score']:.1f}.", file=sys.stderr)
    if not arguments.verify:
        return EXIT_DONE
    print(_verdict(result["verification"]), file=sys.stderr)
    if result["verification"]["grade"] == "different":
        raise UserFaultError(
            str(record.path), "the replay differs from the record", "use the version and machine that made it"
        )
    return EXIT_DONE


def _verdict(found: dict[str, Any]) -> str:
    words = {
        "exact": "Exact: events and score agree, and every image to the bit",
        "equivalent": "Equivalent: events and score agree, images within 1 HU",
        "different": f"Different: {found['difference']}",
    }
    return f"{words[found['grade']]} ({found['images_exact']} of {found['images']} images bit-identical)."


def _report(arguments: argparse.Namespace) -> int:
    """Write the debrief of a recorded session."""
    from simulator.progress import Bars
    from simulator.records.replay import case_of, rerun
    from simulator.records.runs import card_of
    from simulator.records.session_log import read_session
    from simulator.report.debrief import write_debrief

    record = read_session(arguments.session)
    out: Path = arguments.out or record.path.parent / "report.html"
    if out.is_dir() or not out.parent.is_dir():
        raise UserFaultError(str(out), "a report cannot be written there", "name a file in a folder that exists")
    with Bars() as bars:
        case = case_of(record, progress=bars.report)
        session = rerun(record, case, progress=bars.report)
        operator = str(record.header.get("operator", ""))
        card = card_of(case, session, operator)
        shown = {**card, "versions": record.header.get("versions", {})}
        write_debrief(session, shown, out, title=case.scenario.title, operator=operator, progress=bars.report)
    print(f"Wrote {out}.", file=sys.stderr)
    return EXIT_DONE


def _import_ct(arguments: argparse.Namespace) -> int:
    """Turn a labelled CT into a patient folder."""
    from simulator.progress import Bars
    from simulator.scenario.real_patient import import_ct

    with Bars() as bars:
        folder = import_ct(arguments.ct, arguments.labels, name=arguments.name, out=arguments.out, progress=bars.report)
    print(f'Wrote {folder}. Name it as ct = "{folder}" under [patient] in a scenario.', file=sys.stderr)
    return EXIT_DONE


def _doctor(arguments: argparse.Namespace) -> int:
    """Say what this machine has and lacks."""
    from simulator.doctor import examine

    findings = examine()
    for finding in findings:
        mark = "ok  " if finding.well else "LACK"
        print(f"{mark} {finding.what}" + (f"\n     mend: {finding.mend}" if finding.mend else ""))
    return EXIT_DONE
