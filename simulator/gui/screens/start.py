"""Start: who is learning, which case, and what was done so far; everything is chosen, nothing typed."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.errors import UserInputError
from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.context.session_state import StartChoice
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import LANGUAGES, OwnWords
from simulator.gui.engine_worker.start_desk import AttemptLine, CaseCard, StartDesk
from simulator.gui.input.next_case import open_choice
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import spine_sketch
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen

NOBODY = "nobody by name"
TUTORIAL_CASE = "patient-2"  # a deep space behind the sac, and a gap between the laminae
LATEST = 6


class StartScreen(Screen):
    """Cases at the left, the chosen one with its attempts at the right, the learner above."""

    title = "Start"
    gestures = (("Wheel over the cases", "scrolls the list"),)

    def __init__(self, context: AppContext, desk: StartDesk | None, leave: Callable[[], None]) -> None:
        super().__init__(context)
        self._desk, self._leave = desk, leave
        self._cards: list[CaseCard] = []
        self._learners: list[str] = []
        self._case, self._learner, self._first = 0, 0, 0
        self._known: list[AttemptLine] | None = None

    @property
    def card(self) -> CaseCard:
        """The case that is chosen."""
        return self._cards[self._case].in_language(self.context.display.language)

    @property
    def learner(self) -> str | None:
        """The pseudonym that is chosen; None for nobody by name."""
        name = self._learners[self._learner]
        return None if name == NOBODY else name

    def lay_out(self) -> None:
        """Title and learner above, cases at the left, the chosen case at the right."""
        if self._desk is None:
            return
        self._read(self._desk)
        px = self.context.display.scale.px
        width, height = self.context.display.size
        edge, gap = px(24), px(12)
        top, bottom = px(72), height - theme.notice_height(self.context.display.scale) - px(8)
        self._list = pygame.Rect(edge, top, round((width - 2 * edge) * 0.36), bottom - top)
        self._who = pygame.Rect(self._list.right + gap, top, width - edge - gap - self._list.right, max(px(104), 84))
        lower = self._who.bottom + gap
        self._about = pygame.Rect(self._who.left, lower, self._who.width, bottom - lower)
        self._case_buttons(self.inner(self._list))
        self._who_buttons(self.inner(self._who))
        self._way_buttons(self.inner(self._about))
        for by, code, cap in ((-1, pygame.K_UP, "↑"), (1, pygame.K_DOWN, "↓")):
            words = "The case above" if by < 0 else "The case below"
            self.key_only(UserAction(words=words, key=KeyBinding(code=code, cap=cap), do=self._moves(by)))
        if self._first_choice:
            self._first_choice = False
            self._take_up_choice()

    _first_choice = True

    def _read(self, desk: StartDesk) -> None:
        """Cases and learners; who was chosen stays chosen."""
        if self._cards:
            return
        self._cards = desk.cards()
        self._learners = [NOBODY, *desk.learners()]
        if desk.learner in self._learners:
            self._learner = self._learners.index(desk.learner)

    def _take_up_choice(self) -> None:
        chosen = self.context.session.chosen
        if chosen is None:
            return
        names = [card.name for card in self._cards]
        if chosen.card.name in names:
            self._case = names.index(chosen.card.name)
        if chosen.learner in self._learners:
            self._learner = self._learners.index(chosen.learner)
        self.context.teaching.guided = chosen.guided

    # Cases.

    def _rows(self, area: pygame.Rect) -> tuple[int, int]:
        high = max(self.context.display.scale.px(36), 27)
        return high, max(area.height // (high + 4), 1)

    def _case_buttons(self, area: pygame.Rect) -> None:
        high, room = self._rows(area)
        self._first = min(self._first, max(len(self._cards) - room, 0))
        for row, index in enumerate(range(self._first, min(self._first + room, len(self._cards)))):
            place = pygame.Rect(area.left, area.top + row * (high + 4), area.width, high)
            self.button(self._case_action(index, area.width), place)

    def _case_action(self, index: int, width: int) -> UserAction:
        def do() -> None:
            self._case = index

        display = self.context.display
        title = OwnWords(self._cards[index].in_language(display.language).title)
        while display.type.width(title, 14) > width - 16:
            title = OwnWords(f"{title[:-2]}…")
        return UserAction(words=title, do=do, chosen=lambda: self._case == index)

    def _moves(self, by: int) -> Callable[[], None]:
        def do() -> None:
            self._case = min(max(self._case + by, 0), len(self._cards) - 1)
            _, room = self._rows(self.inner(self._list))
            if not self._first <= self._case < self._first + room:
                self._first = min(max(self._case - (room - 1 if by > 0 else 0), 0), len(self._cards) - 1)
                self.open()

        return do

    # Learner.

    def _who_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        high = max(px(36), 28)
        size = high
        self._name_at = (area.left + size + px(14) + px(100), area.top + high / 2)
        for by, x in ((-1, area.left), (1, area.left + size + px(228))):
            self.button(
                UserAction(
                    words="<" if by < 0 else ">",
                    key=KeyBinding(code=pygame.K_LEFT if by < 0 else pygame.K_RIGHT, cap="←" if by < 0 else "→"),
                    do=self._turns(by),
                    hint="Another learner; pseudonyms are drawn, names stay with `learners`",
                ),
                pygame.Rect(x, area.top, size + px(24), high),
            )
        x = area.left + size + px(228) + size + px(40)
        guide = UserAction(
            words=lambda: "Next step marked" if self.context.teaching.guided else "Without help",
            key=KeyBinding(code=pygame.K_g, cap="G"),
            do=self._toggle_guide,
            hint="Whether the next step of the usual order is marked",
        )
        self.button(guide, pygame.Rect(x, area.top, max(px(210), 158), high))
        x += max(px(210), 158) + px(8)
        self.button(self._language(), pygame.Rect(x, area.top, max(px(210), 158), high))
        leave = UserAction(words="Leave", key=KeyBinding(code=pygame.K_F12, cap="F12"), do=self._leave)
        self.button(leave, pygame.Rect(area.right - max(px(120), 100), area.top, max(px(120), 100), high))

    def _language(self) -> UserAction:
        def do() -> None:
            if self.context.doors.turn_language is not None:
                self.context.doors.turn_language()

        return UserAction(
            words=lambda: f"Language: {LANGUAGES[self.context.display.language]}",
            key=KeyBinding(code=pygame.K_l, cap="L"),
            do=do,
            hint="English or German; records, scorecard and report stay English",
        )

    def _turns(self, by: int) -> Callable[[], None]:
        def do() -> None:
            self._learner = (self._learner + by) % len(self._learners)

        return do

    def _toggle_guide(self) -> None:
        self.context.teaching.guided = not self.context.teaching.guided

    # What can be begun.

    def _way_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        high, gap = max(px(48), 36), px(10)
        wide = (area.width - 3 * gap) // 4
        y = area.bottom - high
        for index, action in enumerate((self._begin(), self._tutorial(), self._resume(), self._drill())):
            self.button(action, pygame.Rect(area.left + index * (wide + gap), y, wide, high))
        self._words = pygame.Rect(area.left, area.top, area.width, y - gap - area.top)

    def _begin(self) -> UserAction:
        return UserAction(
            words="Treat this patient",
            key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
            do=lambda: self._open(tutorial=False),
            kind=ButtonKind.PRIMARY,
        )

    def _tutorial(self) -> UserAction:
        return UserAction(
            words="Tutorial",
            key=KeyBinding(code=pygame.K_t, cap="T"),
            do=lambda: self._open(tutorial=True),
            hint="Ten minutes on a patient with room behind the sac, step by step; it notices what was done",
        )

    def _drill(self) -> UserAction:
        def do() -> None:
            self.context.teaching.drill_learner = self.learner
            self.context.doors.show(ScreenName.DRILL)

        return UserAction(
            words="Tip drill",
            key=KeyBinding(code=pygame.K_d, cap="D"),
            do=do,
            hint="Two minutes of pictures: where is the tip? Each error is told at once",
        )

    def _tutorial_card(self) -> CaseCard:
        """The patient whom the cards suit; the chosen one where there is no such case."""
        return next((card for card in self._cards if card.name == TUTORIAL_CASE), self.card)

    def _open(self, *, tutorial: bool) -> None:
        if self._desk is not None:
            choice = StartChoice(
                card=self._tutorial_card() if tutorial else self.card,
                learner=self.learner,
                guided=self.context.teaching.guided or tutorial,
                tutorial=tutorial,
            )
            open_choice(self.context, self._desk, choice)

    def _resume(self) -> UserAction:
        return UserAction(
            words="Resume the last one",
            key=KeyBinding(code=pygame.K_r, cap="R"),
            do=self._go_on,
            why_not=lambda: None if self._open_record() else "No session of this learner and case was left open",
        )

    def _open_record(self) -> AttemptLine | None:
        return next((one for one in reversed(self._own()) if one.score is None), None)

    def _go_on(self) -> None:
        left = self._open_record()
        if left is None or self._desk is None or self.context.doors.begin is None:
            return
        try:
            opening = self._desk.resuming(left.record)
        except UserInputError as fault:
            self.context.notices.say(str(fault))
            return
        self.context.session.chosen = StartChoice(
            card=self.card, learner=self.learner, guided=self.context.teaching.guided
        )
        self.context.doors.begin(opening)

    # Drawing.

    def _own(self) -> list[AttemptLine]:
        """Attempts of this learner at this case, the latest last."""
        who = self.learner or ""
        return [one for one in self._known or [] if one.learner == who and one.case == self.card.name]

    def draw(self, target: pygame.Surface) -> None:
        """Draw the title, the learner, the chosen case."""
        display = self.context.display
        px, write = display.scale.px, display.type.draw
        write(target, "CT-fluoroscopy simulator", (px(24), px(36)), size=26, weight="SemiBold")
        words = "Training in a simulator is no proof of clinical competence."
        write(target, words, (target.get_width() - px(24), px(36)), size=13, align="right", colour=theme.LOW)
        if self._desk is None:
            return
        draw_panel(display, target, self._list, "Cases", f"{len(self._cards)}, ↑ ↓")
        draw_panel(display, target, self._who, "Learner", "a pseudonym; names never enter a record")
        name = self._learners[self._learner]
        write(target, name, self._name_at, size=16, weight="SemiBold", align="centre")
        draw_panel(display, target, self._about, OwnWords(self.card.title), self._terms())
        self._describe(target, self._words)

    def _terms(self) -> str:
        """Difficulty, minutes, and whether the case is an examination."""
        card, say = self.card, self.context.display.type.say
        said = [say("examination")] if card.exam else []
        said += [say(card.difficulty)] if card.difficulty else []
        said += [f"{card.minutes:g} min"] if card.minutes is not None else []
        return ", ".join(said)

    def _describe(self, target: pygame.Surface, area: pygame.Rect) -> None:
        display, card = self.context.display, self.card
        px, write = display.scale.px, display.type.draw
        sketch = pygame.Rect(area.right - px(190), area.top, px(180), area.height)
        spine_sketch.draw(display, target, sketch, card.level)
        text = pygame.Rect(area.left, area.top, area.width - px(210), area.height)
        where = ", ".join(part for part in (card.region, card.level) if part)
        y = text.top + px(8)
        if where:
            write(target, where, (text.left, y), size=14, weight="Medium", colour=theme.MID)
            y += px(26)
        y = display.type.paragraph(
            target, OwnWords(card.request), pygame.Rect(text.left, y, text.width, px(200)), size=15, most=7
        )
        for goal in card.goals:
            y = display.type.paragraph(
                target, OwnWords(f"– {goal}"), pygame.Rect(text.left, y + 4, text.width, px(60)), size=14
            )
        self._attempts(target, pygame.Rect(text.left, y + px(22), text.width, area.bottom - y - px(22)))

    def _attempts(self, target: pygame.Surface, area: pygame.Rect) -> None:
        context = self.context
        px, write = context.display.scale.px, context.display.type.draw
        y = area.top
        if self._known is None:
            write(target, "Earlier sessions are being read", (area.left, y), size=13, colour=theme.LOW)
            return
        own = self._own()
        done = [one for one in own if one.score is not None]
        if self.card.exam:
            done = []
        best = f"best {max(one.score or 0.0 for one in done):.0f} of 100" if done else "none finished yet"
        if self.card.exam:
            best = "the teacher releases the score"
        head = f"Own attempts at this case: {len(own)}, {best}"
        write(target, head, (area.left, y), size=14, weight="SemiBold")
        for one in reversed(own[-LATEST:]):
            y += px(24)
            if y > area.bottom - px(12):
                break
            score = "left open" if one.score is None else f"{one.score:.0f} points"
            if self.card.exam and one.score is not None:
                score = "finished"
            write(target, one.started[:16].replace("T", "  ") or "no date", (area.left, y), size=13, colour=theme.MID)
            write(target, score, (area.left + px(190), y), size=13)

    def take(self, event: pygame.event.Event) -> None:
        """Wheel over the list: scroll."""
        if self._desk is None or event.type != pygame.MOUSEWHEEL:
            return
        if self._list.collidepoint(pygame.mouse.get_pos()):
            _, room = self._rows(self.inner(self._list))
            self._first = min(max(self._first - event.y, 0), max(len(self._cards) - room, 0))
            self.open()

    def tick(self) -> bool:
        """Attempts come when the records are read."""
        if self._known is None and self._desk is not None:
            self._known = self._desk.attempts()
            return self._known is not None
        return False
