"""Plain-numpy twins of spinous processes, atlas and axis: one point at a time, from the shapes that make them up."""

from __future__ import annotations

import numpy as np

from phantoms.bones import cervical_kernels as neck
from tests.oracles.anatomy_geometry import super_ellipse
from tests.oracles.anatomy_neck import lamina, lamina_front
from tests.oracles.anatomy_solids import cone, smooth_max, smooth_min


def rounded_rectangle(a, b, half_a, half_b, radius):
    """Distance to a rectangle with round corners: to the rectangle of their centres, less the radius."""
    out_a, out_b = abs(a) - (half_a - radius), abs(b) - (half_b - radius)
    if out_a > 0.0 and out_b > 0.0:
        return np.hypot(out_a, out_b) - radius
    return max(out_a, out_b) - radius


def ellipsoid(offset, radii):
    """Distance along the gradient: (k - 1) k / |grad k| with k the size of the ellipsoid through the point."""
    offset, radii = np.asarray(offset, dtype=float), np.asarray(radii, dtype=float)
    size = np.linalg.norm(offset / radii)
    return (size - 1.0) * size / max(np.linalg.norm(offset / radii**2), 1e-9)


def spinous(p, y, z, w):
    """A blade along the process' slope whose hind edge bows and whose upper edge is hollow."""
    start = np.array([w["canal_ap"] + 4.0, w["spinous_root"]])
    axis = np.array([w["spinous_cos"], -w["spinous_sin"]])
    across = np.array([w["spinous_sin"], w["spinous_cos"]])
    along, up = (np.array([y, z]) - start) @ axis, (np.array([y, z]) - start) @ across
    length = (w["spinous_tip"] - start[0]) / w["spinous_cos"]
    part = np.clip(along / length, 0.0, 1.0)
    half = np.interp(part, [0.0, 1.0], [w["spinous_height"], w["spinous_tip_height"]])
    middle = up + 2.0 + 1.5 * part + 1.2 * np.sin(3.0 * part)
    share = middle / half
    corner = min(max(0.68 * half, 4.0), 7.0)
    bow = 3.0 * part**2 * min(max(share, -1.0), 1.2) ** 2
    hollow = 1.4 * np.sin(np.pi * part) * np.interp(middle, [0.0, 3.0], [0.0, 1.0])
    # half lengths less the bow and the hollow, the latter of the upper edge alone
    blade = rounded_rectangle(along - 0.5 * length, middle, 0.5 * length - bow, half - hollow, corner)
    if w["lean_part"] < 0.99:
        blade = smooth_max(blade, lamina_front(z, w) + 0.8 - y, 1.5)
    lower = min(max(-share, 0.0), 1.0)
    thick = 2.3 + 2.6 * (1.0 - part) ** 3 + 2.0 * part**4 + 1.8 * lower**2
    return smooth_max(blade, p - thick, 3.0)


def forked(p, y, z, w):
    """A keel and two tines that part at its end."""
    slope = w["spinous_sin"] / w["spinous_cos"]
    first = np.array([0.0, w["canal_ap"] + 3.0, w["spinous_root"] - 0.5])

    def on_axis(back):
        return first[2] - slope * (back - first[1])

    fork, half = w["spinous_tip"] - 7.0 * w["fork"], 0.5 * w["spinous_height"]
    keel = cone((p, y, z), first, (0.0, fork, on_axis(fork)), half, 0.85 * half, 2.0)
    end = (4.6 * w["fork"], w["spinous_tip"], on_axis(w["spinous_tip"]) - 1.5)
    return smooth_min(keel, cone((p, y, z), (1.2, fork - 2.0, on_axis(fork)), end, 2.0, 2.3, 1.4), 2.0)


def axis_body(x, y, z, w):
    """Body, dens of two tapering pieces, and shoulders cut by the joints with the atlas."""
    half_depth, top = 0.5 * w["depth_lower"], 0.5 * w["height"]
    side = super_ellipse(x, y + half_depth, 0.5 * w["width_lower"], half_depth, 2.5)
    bow = min((y / half_depth + 1.0) ** 2, 1.0)
    body = smooth_max(side, max(z - top + 3.0, -z - top + 1.5 * (1.0 - bow)), 2.0)
    neck_z = top + 9.0
    dens = cone((x, y, z), (0.0, -6.8, 2.0), (0.0, -6.2, neck_z), 5.2, 4.9, 1.0)
    tip = cone((x, y, z), (0.0, -6.2, neck_z), (0.0, -5.8, neck_z + 1.5), 4.9, 4.0, 1.0)
    shoulder = ellipsoid((abs(x) - 14.5, y + 4.0, z - 3.5), (8.5, 8.5, 8.5))
    joint = z - top - 0.2 + neck.ATLAS_SLOPE * (abs(x) - 17.5)
    return smooth_min(smooth_min(body, smooth_min(dens, tip, 1.0), 3.0), smooth_max(shoulder, joint, 1.0), 2.5)


def axis_arch(x, y, z, w):
    """Partes, lower pillars, transverse processes with their foramen, laminae and the forked process."""
    point = (abs(x), y, z)
    out = w["canal_half"] + neck.PILLAR_OUT
    pars = cone(point, (13.0, -3.0, 2.0), (out, 6.0, -4.0), 5.0, 4.6, 1.1)
    column = super_ellipse(abs(x) - out, y - neck.PILLAR_BACK - 1.5, 6.0, 6.5, 2.5)
    height = np.array([neck.PILLAR_SIN, neck.PILLAR_COS]) @ [y - neck.PILLAR_BACK, z + 4.5]
    half = 0.5 * (neck.PILLAR_COS * (w["height"] + w["disc_below"] - 8.0) - neck.JOINT_GAP)
    wing = cone(point, (out, -2.0, -2.0), (w["transverse_tip"] - 2.5, w["transverse_y"], -5.0), 4.0, 2.5, 1.2)
    solid = smooth_min(smooth_min(pars, smooth_max(column, abs(height) - half, 1.2), 2.5), wing, 2.0)
    hole = neck.FORAMEN_RADIUS - np.hypot(abs(x) - w["foramen_x"], y - neck.FORAMEN_BACK)
    solid = smooth_max(solid, hole, 0.8)
    if y <= 4.0:
        return solid
    behind = lamina(np.array([abs(x)]), np.array([y]), np.array([z]), w)[0]
    return smooth_min(smooth_min(solid, behind, 2.5), forked(*point, w), 3.0)


def atlas(x, y, z, w):
    """Two arches of one ring, a tubercle, lateral masses with a bowl and a slope, and wings with their foramen."""
    p = abs(x)
    radius = 0.5 * (w["canal_ap"] + 19.2)
    ring = np.hypot(p, y - w["canal_ap"] - 3.2 + radius) - radius
    solid = 100.0
    if ring < 20.0 and y < 0.0:
        solid = super_ellipse(ring, z - 0.5, 2.8, 5.5, 2.2)
    if ring < 20.0 and y > 0.0:
        solid = smooth_min(solid, super_ellipse(ring, z + 0.5, 2.9, 4.2, 2.2), 1.0)
    solid = smooth_min(solid, ellipsoid((p, y - w["spinous_tip"] + 3.0, z), (4.0, 4.5, 4.0)), 2.0)
    mass = ellipsoid((p - w["canal_half"] - 6.0, y + 5.0, z), (8.0, 10.0, 11.0))
    bowl = 13.0 - np.linalg.norm([p - 13.0, np.sqrt(0.6) * (y + 5.0), z - 18.0])
    cut = max(bowl, -6.8 - neck.ATLAS_SLOPE * (p - 17.5) - z)
    solid = smooth_min(solid, smooth_max(mass, cut, 1.0), 2.0)
    root, tip = (w["canal_half"] + 7.0, -4.0, 0.0), (w["transverse_tip"] - 4.0, w["transverse_y"], -1.0)
    solid = smooth_min(solid, cone((p, y, z), root, tip, 5.5, 4.0, 1.2), 2.5)
    return smooth_max(solid, neck.FORAMEN_RADIUS + 0.4 - np.hypot(p - w["foramen_x"], y + 3.0), 0.8)
