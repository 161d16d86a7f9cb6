"""Screen: the base of all screens. It places the buttons of actions, and carries actions out on mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pygame
import pygame_gui
from pygame_gui.core import ObjectID

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.theme import bar_height, notice_height
from simulator.gui.engine_worker.messages import Past
from simulator.gui.input.carry_out import carry_out
from simulator.gui.input.hint_button import HintButton
from simulator.gui.input.next_step import KEYS
from simulator.gui.input.tutorial import answer, go_on, lesson, marked_step
from simulator.gui.input.user_action import MEANWHILE, KeyBinding, StepMark, UserAction, WhileBusy, always_possible
from simulator.gui.panels import tutorial_card
from simulator.gui.screens.button_frame import ButtonFrame


class Button(Protocol):
    """What is used of a button of the widget library, which is untyped."""

    rect: pygame.Rect

    def set_text(self, text: str) -> None:
        """Print words on it."""

    def explain(self, text: str | None) -> None:
        """Show words while the mouse rests on it."""

    def words_area(self) -> pygame.Rect | None:
        """Where those words stand now; None while they do not."""

    def hush(self) -> None:
        """Take those words away."""

    def enable(self) -> None:
        """Let it be pressed."""

    def disable(self) -> None:
        """Let it not be pressed."""

    def select(self) -> None:
        """Draw it as selected."""

    def unselect(self) -> None:
        """Draw it as not selected."""

    def kill(self) -> None:
        """Take it away."""


@dataclass(slots=True)
class _Placed:
    action: UserAction
    button: Button
    label: str = ""
    reason: str | None = None
    hint: str | None = None
    chosen: bool = False


class Screen:
    """One screen of the window.

    Args:
        context: what all screens share: sizes, type, widgets, the engine worker and the history
    """

    title = ""
    gestures: tuple[tuple[str, str], ...] = ()
    """What the mouse does here beside the buttons: the gesture, and what comes of it."""

    def __init__(self, context: AppContext) -> None:
        self.context = context
        self._placed: list[_Placed] = []
        self._silent: list[UserAction] = []
        self._held: UserAction | None = None
        self._held_key: int | None = None
        self._frame = ButtonFrame()

    # What a screen says of itself.

    def lay_out(self) -> None:
        """Place buttons for the present size."""

    def draw(self, target: pygame.Surface) -> None:
        """Draw everything but the buttons."""

    def take(self, event: pygame.event.Event) -> None:
        """Input that is no button and no key of an action."""

    def tick(self) -> bool:
        """Called often; returns whether something must be drawn anew."""
        return False

    def comes_later(self, mark: StepMark) -> bool:
        """Whether something on this screen is still to be put right before a step, though its button is free."""
        return False

    def drawn_marks(self, mark: StepMark) -> list[pygame.Rect]:
        """Where a step stands that has no button but a place of its own."""
        return []

    def remember(self, past: Past) -> None:
        """Take up what was done before the session was left."""

    # What all screens do alike.

    def open(self) -> None:
        """Lay the screen out anew."""
        self.close()
        self.lay_out()
        self._tutorial_buttons()
        self.refresh()

    def close(self) -> None:
        """Take its buttons away."""
        self.let_go()
        for placed in self._placed:
            placed.button.kill()
        self._placed = []
        self._silent = []
        self._frame.leave()

    def margins(self) -> tuple[int, int, int, int]:
        """Outer margin, gutter, and the y between which a screen has its place."""
        display = self.context.display
        edge, gap = (8, 4) if display.scale.compact else (display.scale.px(16), display.scale.px(8))
        bottom = display.size[1] - notice_height(display.scale) - tutorial_card.card_height(self.context)
        return edge, gap, bar_height(display.scale) + gap, bottom

    def inner(self, area: pygame.Rect) -> pygame.Rect:
        """What a panel with a title leaves for buttons."""
        display = self.context.display
        pad = 10 if display.scale.compact else display.scale.px(16)
        top = display.scale.px(38)
        return pygame.Rect(area.left + pad, area.top + top, area.width - 2 * pad, area.height - top - pad // 2)

    def _tutorial_buttons(self) -> None:
        """Answers and the way past a step, on the tutorial's card."""
        present = lesson(self.context.teaching)
        if present is None or self.context.display.showing not in KEYS:
            return
        px, area = self.context.display.scale.px, tutorial_card.card_area(self.context)
        left, high = tutorial_card.answers_left(self.context), (area.height - px(18)) // 2
        wide = max(px(124), 104)
        for index, words in enumerate(present.answers):
            place = pygame.Rect(left, area.top + px(6) + index * (high + px(6)), area.right - left - wide - 18, high)
            self.button(self._answer(index, words), place)
        skip = UserAction(
            words="Skip",
            key=KeyBinding(code=pygame.K_TAB, cap="Tab"),
            do=lambda: go_on(self.context),
            hint="To the next step of the tutorial, whatever was done of this one",
        )
        self.button(skip, pygame.Rect(area.right - wide - 6, area.bottom - high - px(6), wide, high))

    def _answer(self, index: int, words: str) -> UserAction:
        return UserAction(
            words=words,
            key=KeyBinding(code=pygame.K_1 + index, cap=f"Ctrl {index + 1}", control=True),
            do=lambda: answer(self.context, index),
            chosen=lambda: (
                self.context.teaching.tutorial is not None and self.context.teaching.tutorial.answer == index
            ),
            hint="The answer to the question of this step",
        )

    @property
    def holds(self) -> bool:
        """Whether a button or a key is held down."""
        return self._held is not None

    def button(self, action: UserAction, area: pygame.Rect) -> None:
        """Place an action's button."""
        button = HintButton(
            area,
            "",
            self.context.display.manager,
            object_id=ObjectID(object_id=f"#{action.kind}"),
        )
        self._placed.append(_Placed(action, button, label="\0"))

    def key_only(self, action: UserAction) -> None:
        """An action that has a key and no button."""
        self._silent.append(action)

    def goes_to(
        self, screen: ScreenName, words: str, code: int, cap: str, why_not: Callable[[], str | None] = always_possible
    ) -> UserAction:
        """The action that shows another screen."""
        return UserAction(
            words=words, key=KeyBinding(code=code, cap=cap), do=lambda: self.context.doors.show(screen), why_not=why_not
        )

    def refresh(self) -> None:
        """Show on the buttons what can be done now."""
        for placed in self._placed:
            action = placed.action
            label, reason, chosen = self.context.display.type.say(action.label), action.why_not(), action.chosen()
            if label != placed.label:
                placed.label = label
                placed.button.set_text(label)
            if reason != placed.reason:
                (placed.button.disable if reason else placed.button.enable)()
                placed.reason = reason
            if (reason or action.hint or None) != placed.hint:
                placed.hint = reason or action.hint or None
                placed.button.explain(self.context.display.type.say(placed.hint) if placed.hint else None)
            if chosen != placed.chosen:
                placed.chosen = chosen
                (placed.button.select if chosen else placed.button.unselect)()

    def reasons(self) -> list[tuple[str, list[str]]]:
        """Why something cannot be done now, each reason with the buttons that it locks."""
        found: dict[str, list[str]] = {}
        for placed in self._placed:
            if placed.reason:
                label = placed.label
                if len(label) == 1 and placed.action.hint:
                    label = f"{self.context.display.type.say(placed.action.hint.partition(':')[0])} {label}"
                found.setdefault(placed.reason, []).append(label.removeprefix("✓  "))
        return list(found.items())

    def hint_area(self) -> pygame.Rect | None:
        """Where a button's words stand under the mouse."""
        shown = (placed.button.words_area() for placed in self._placed)
        return next((area for area in shown if area is not None), None)

    def draw_caps(self, target: pygame.Surface, *, beneath: pygame.Rect | None = None) -> None:
        """Print each button's key on it, and mark the one of the next step; drawn after the buttons.

        Args:
            beneath: what lies over the buttons already, and stays above keys and marks
        """
        hint = beneath.clip(target.get_rect()) if beneath is not None else None
        above = target.subsurface(hint).copy() if hint else None
        self._draw_keys(target)
        if hint and above is not None:
            target.blit(above, hint)

    def _draw_keys(self, target: pygame.Surface) -> None:
        self._mark_next(target)
        for placed in self._placed:
            key = placed.action.key
            if key is None:
                continue
            area = placed.button.rect
            self.key_cap(target, key.cap, area, faint=placed.reason is not None)
        if self._frame.at is not None:
            self._frame.draw(target, self._placed[self._frame.at].button.rect)

    def _mark_next(self, target: pygame.Surface) -> None:
        """A bright rim with an arrow at the left, or above where that is taken: the step that usually comes next."""
        if not self.context.teaching.guided or self.context.perceived.history.view is None:
            return
        step = marked_step(self.context)
        if step is None:
            return
        meant = [placed for placed in self._placed if placed.action.mark is step.mark]
        if meant and (all(placed.reason is not None for placed in meant) or self.comes_later(step.mark)):
            instead = MEANWHILE.get(step.mark)
            meant = [placed for placed in self._placed if placed.action.mark is instead] if instead else meant
        areas = [placed.button.rect for placed in meant]
        scale = self.context.display.scale
        rim, back, ahead, half = scale.stroke(2), scale.stroke(5), scale.stroke(4), scale.stroke(6)
        for area in (one.inflate(2 * rim, 2 * rim) for one in (*areas, *self.drawn_marks(step.mark))):
            pygame.draw.rect(target, theme.OK, area, rim, border_radius=scale.px(6))
            x, y = area.left - 1, area.centery
            taken = pygame.Rect(x - 2 * back, y - half, 2 * back - 1, 2 * half)
            if area.width < scale.px(48) or taken.collidelist([one.button.rect for one in self._placed]) >= 0:
                x, y = area.centerx, area.top + 1
                pygame.draw.polygon(target, theme.OK, [(x - half, y - back), (x + half, y - back), (x, y + ahead)])
            else:
                pygame.draw.polygon(target, theme.OK, [(x - back, y - half), (x + ahead, y), (x - back, y + half)])

    def key_cap(self, target: pygame.Surface, cap: str, area: pygame.Rect, *, faint: bool = False) -> None:
        """A small key at the right end of a button."""
        display = self.context.display
        px = display.scale.px
        height = min(max(px(20), theme.LEAST_TYPE + 5), area.height - 6)
        width = max(display.type.width(cap, 12) + 8, height)
        key = pygame.Rect(0, 0, width, height)
        key.midright = (area.right - px(6), area.centery)
        pygame.draw.rect(target, theme.BACKGROUND, key, border_radius=4)
        pygame.draw.rect(target, theme.LINE if faint else theme.EDGE, key, 1, border_radius=4)
        display.type.draw(target, cap, key.center, size=12, align="centre", colour=theme.LOW if faint else theme.MID)

    def handle(self, event: pygame.event.Event) -> None:
        """One event: buttons, keys, then what the screen makes of it."""
        if event.type in (pygame.KEYDOWN, pygame_gui.UI_BUTTON_START_PRESS):
            for one in self._placed:
                one.button.hush()
        if event.type == pygame_gui.UI_BUTTON_START_PRESS:
            self._mouse_down(event)
        elif event.type == pygame_gui.UI_BUTTON_PRESSED:
            placed = self._of_button(event.ui_element)
            if placed is not None and placed.action.release is None:
                carry_out(self.context, placed.action)
        elif event.type == pygame.MOUSEBUTTONDOWN and self._on_locked_button(event):
            self._frame.leave()
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1 and self._held_key is None:
            self.let_go()
            self.take(event)
        elif event.type == pygame.KEYDOWN:
            self._key_down(event)
        elif self._ends_a_hold(event):
            self.let_go()
        else:
            self.take(event)

    def _on_locked_button(self, event: pygame.event.Event) -> bool:
        """A click on what cannot be done says why."""
        locked = next((p for p in self._placed if p.reason and p.button.rect.collidepoint(event.pos)), None)
        if locked is not None and event.button == 1:
            carry_out(self.context, locked.action)
        return locked is not None

    def _ends_a_hold(self, event: pygame.event.Event) -> bool:
        """Losing the focus counts as letting go."""
        lost = event.type in (pygame.WINDOWFOCUSLOST, pygame.WINDOWMINIMIZED)
        return lost or (event.type == pygame.KEYUP and event.key == self._held_key)

    def let_go(self) -> None:
        """Whatever is held is released."""
        held, self._held, self._held_key = self._held, None, None
        if held is not None and held.release is not None:
            held.release()

    @property
    def actions(self) -> list[UserAction]:
        """All actions, those with a button first."""
        return [placed.action for placed in self._placed] + self._silent

    def _of_button(self, button: object) -> _Placed | None:
        return next((placed for placed in self._placed if placed.button is button), None)

    def _mouse_down(self, event: pygame.event.Event) -> None:
        placed = self._of_button(event.ui_element)
        if placed is None or placed.action.release is None or self._held is not None:
            return
        if self._may_hold(placed.action):
            self._held = placed.action
            placed.action.do()

    def _key_down(self, event: pygame.event.Event) -> None:
        """Enter is for the button in the frame, where one is; else a key is for its action, and Tab for the frame."""
        if self._frame.pressed_by(event):
            self._press_key(self._placed[self._frame.at or 0].action, event)
            return
        action = next((one for one in self.actions if one.key is not None and one.key.fits(event)), None)
        if action is None and self._frame.move(event, len(self._placed)):
            return
        self._frame.leave_for(event)
        if action is None:
            self.take(event)
        else:
            self._press_key(action, event)

    def _press_key(self, action: UserAction, event: pygame.event.Event) -> None:
        """A key is pressed for an action; one that is held lasts until it is up."""
        if action.release is None:
            carry_out(self.context, action)
        elif self._held is None and self._may_hold(action):
            self._held, self._held_key = action, event.key
            action.do()

    def _may_hold(self, action: UserAction) -> bool:
        """Whether what is held can begin; where it cannot, why not is told."""
        if self.context.busy and action.while_busy is WhileBusy.DROPPED:
            self.context.drop(action.label)
            return False
        reason = action.why_not()
        if reason is not None:
            self.context.notices.say(reason)
            return False
        self.context.notices.hush()
        return True
