"""Screen: the base of all screens. It places the buttons of actions, and carries actions out on mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pygame
import pygame_gui
from pygame_gui.core import ObjectID
from pygame_gui.elements import UIButton

from simulator.gui.app_context import AppContext, ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.theme import NOTICE_HEIGHT, bar_height
from simulator.gui.input.user_action import KeyBinding, UserAction, always_possible


class Button(Protocol):
    """What is used of a button of the widget library, which is untyped."""

    rect: pygame.Rect

    def set_text(self, text: str) -> None:
        """Print words on it."""

    def set_tooltip(self, text: str | None) -> None:
        """Show words while the mouse rests on it."""

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
    chosen: bool = False


class Screen:
    """One screen of the window.

    Args:
        context: what all screens share: sizes, type, widgets, the engine worker and the history
    """

    title = ""

    def __init__(self, context: AppContext) -> None:
        self.context = context
        self._placed: list[_Placed] = []
        self._silent: list[UserAction] = []
        self._held: UserAction | None = None
        self._held_key: int | None = None

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

    # What all screens do alike.

    def open(self) -> None:
        """Lay the screen out anew."""
        self.close()
        self.lay_out()
        self.refresh()

    def close(self) -> None:
        """Take its buttons away."""
        self.let_go()
        for placed in self._placed:
            placed.button.kill()
        self._placed = []
        self._silent = []

    def margins(self) -> tuple[int, int, int, int]:
        """Outer margin, gutter, and the y between which a screen has its place."""
        edge, gap = (8, 4) if self.context.scale.compact else (self.context.scale.px(16), self.context.scale.px(8))
        return edge, gap, bar_height(self.context.scale) + gap, self.context.size[1] - NOTICE_HEIGHT

    def inner(self, area: pygame.Rect) -> pygame.Rect:
        """What a panel with a title leaves for buttons."""
        pad = 10 if self.context.scale.compact else self.context.scale.px(16)
        top = self.context.scale.px(38)
        return pygame.Rect(area.left + pad, area.top + top, area.width - 2 * pad, area.height - top - pad // 2)

    def button(self, action: UserAction, area: pygame.Rect) -> None:
        """Place an action's button."""
        button = UIButton(
            area,
            "",
            self.context.manager,
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
            words=words, key=KeyBinding(code=code, cap=cap), do=lambda: self.context.show(screen), why_not=why_not
        )

    def refresh(self) -> None:
        """Show on the buttons what can be done now."""
        for placed in self._placed:
            action = placed.action
            label, reason, chosen = action.label, action.why_not(), action.chosen()
            if label != placed.label:
                placed.label = label
                placed.button.set_text(label)
            if reason != placed.reason:
                (placed.button.disable if reason else placed.button.enable)()
                placed.reason = reason
                placed.button.set_tooltip(reason or action.hint or None)
            if chosen != placed.chosen:
                placed.chosen = chosen
                (placed.button.select if chosen else placed.button.unselect)()

    def draw_caps(self, target: pygame.Surface) -> None:
        """Print each button's key on it; drawn after the buttons."""
        for placed in self._placed:
            key = placed.action.key
            if key is None:
                continue
            area = placed.button.rect
            self.key_cap(target, key.cap, area, faint=placed.reason is not None)

    def key_cap(self, target: pygame.Surface, cap: str, area: pygame.Rect, *, faint: bool = False) -> None:
        """A small key at the right end of a button."""
        px = self.context.scale.px
        height = min(max(px(20), theme.LEAST_TYPE + 5), area.height - 6)
        width = max(self.context.type.width(cap, 12) + 8, height)
        key = pygame.Rect(0, 0, width, height)
        key.midright = (area.right - px(6), area.centery)
        pygame.draw.rect(target, theme.BACKGROUND, key, border_radius=4)
        pygame.draw.rect(target, theme.LINE if faint else theme.EDGE, key, 1, border_radius=4)
        self.context.type.draw(
            target, cap, key.center, size=12, align="centre", colour=theme.LOW if faint else theme.MID
        )

    def handle(self, event: pygame.event.Event) -> None:
        """One event: buttons, keys, then what the screen makes of it."""
        if event.type == pygame_gui.UI_BUTTON_START_PRESS:
            self._mouse_down(event)
        elif event.type == pygame_gui.UI_BUTTON_PRESSED:
            placed = self._of_button(event.ui_element)
            if placed is not None and placed.action.release is None:
                self._act(placed.action)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1 and self._held_key is None:
            self.let_go()
            self.take(event)
        elif event.type == pygame.KEYDOWN:
            self._key_down(event)
        elif self._ends_a_hold(event):
            self.let_go()
        else:
            self.take(event)

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
        if placed.action.why_not() is None:
            self._held = placed.action
            placed.action.do()

    def _key_down(self, event: pygame.event.Event) -> None:
        for action in self.actions:
            if action.key is None or not action.key.fits(event):
                continue
            if action.release is not None:
                if self._held is None and action.why_not() is None:
                    self._held, self._held_key = action, event.key
                    action.do()
            else:
                self._act(action)
            return
        self.take(event)

    def _act(self, action: UserAction) -> None:
        reason = action.why_not()
        if reason is None:
            action.do()
        else:
            self.context.say(reason)
