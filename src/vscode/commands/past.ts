import * as vscode from 'vscode';
import {
  PastRequest,
  type BookmarkArguments,
  type BookmarkBody,
  type GoToArguments,
  type MomentsResponse,
  type StepBackIntoArguments,
  type TimelineBody,
} from '../../adapter/past/protocol';
import { toggleLineHistory } from '../line-history/line-history';
import type { Row } from '../views/view-tree';
import { askFocused } from './ask';
import type { CommandContext, Commands } from './commands';

interface GoalPick extends vscode.QuickPickItem {
  /** Undefined: a person is asked for more. */
  readonly goal?: GoToArguments;
  readonly ask?: (moments: MomentsResponse) => Promise<GoToArguments | undefined>;
}

interface TimelinePick extends vscode.QuickPickItem {
  readonly timeline: TimelineBody;
}

/** Into the past of the guest, and to moments that are known. */
export function pastCommands({ watcher, coverage }: CommandContext): Commands {
  const ask = askFocused(watcher);
  const goTo = (goal: GoToArguments) => ask(PastRequest.GO_TO, goal);
  return {
    'ringside.stepBackInto': (args: StepBackIntoArguments = {}) =>
      ask(PastRequest.STEP_BACK_INTO, { granularity: args.granularity }),
    'ringside.stepBackOut': () => ask(PastRequest.STEP_BACK_OUT),
    'ringside.goToMomentOfRow': (row?: Row) =>
      row?.node.exit !== undefined &&
      goTo({
        to: 'exit',
        number: row.node.exit,
        ...(watcher.focus?.frameId !== undefined && { frameId: watcher.focus.frameId }),
      }),
    'ringside.goToMoment': async () => {
      const moments = await ask<MomentsResponse>(PastRequest.MOMENTS);
      const picked =
        moments &&
        (await pickGoal(moments, (number) => ask(PastRequest.BOOKMARK, { remove: number })));
      if (!picked || !moments) return;
      const goal = picked.goal ?? (await picked.ask?.(moments));
      if (goal) await goTo(goal);
    },
    'ringside.addBookmark': async () => {
      const name = await vscode.window.showInputBox({
        title: vscode.l10n.t('Bookmark this moment'),
        prompt: vscode.l10n.t('What it is called; “Ringside: Go to Moment” leads back to it'),
      });
      if (name === undefined) return;
      const args: BookmarkArguments = name.trim() === '' ? {} : { name: name.trim() };
      await ask<BookmarkBody>(PastRequest.BOOKMARK, args);
    },
    'ringside.showCoverage': () => coverage.show(),
    'ringside.toggleLineHistory': toggleLineHistory,
    'ringside.showMachine': () => vscode.commands.executeCommand('ringside.machine.focus'),
    'ringside.showTimeline': () => vscode.commands.executeCommand('ringside.timeline.focus'),
    'ringside.timelines': async () => {
      const moments = await ask<MomentsResponse>(PastRequest.MOMENTS);
      const chosen = moments && (await pickTimeline(moments.timelines));
      if (chosen) await ask(PastRequest.TIMELINE, chosen);
    },
  };
}

const instructions = (count: number): string =>
  vscode.l10n.t('{0} instructions', count.toLocaleString('en'));

function goalsOf(
  { bookmarks, present }: MomentsResponse,
  remove: vscode.QuickInputButton,
): GoalPick[] {
  return [
    { label: vscode.l10n.t('$(history) The beginning'), goal: { to: 'start' } },
    {
      label: vscode.l10n.t('$(debug-continue) The present'),
      description: instructions(present),
      goal: { to: 'present' },
    },
    {
      label: vscode.l10n.t('$(symbol-number) After a number of instructions…'),
      ask: askInstruction,
    },
    {
      label: vscode.l10n.t('$(filter) The first moment at which something held…'),
      ask: askCondition,
    },
    ...bookmarks.map(({ name, number, instructions: count }) => ({
      label: `$(bookmark) ${name}`,
      description: instructions(count),
      goal: { to: 'bookmark', number } as const,
      buttons: [remove],
    })),
  ];
}

/** Lets a person choose where to go; bookmarks can be taken away meanwhile. */
async function pickGoal(
  moments: MomentsResponse,
  removeBookmark: (number: number) => unknown,
): Promise<GoalPick | undefined> {
  const remove = {
    iconPath: new vscode.ThemeIcon('trash'),
    tooltip: vscode.l10n.t('Remove Bookmark'),
  };
  const pick = vscode.window.createQuickPick<GoalPick>();
  pick.title = vscode.l10n.t('Go to a moment of this session');
  pick.placeholder = vscode.l10n.t('Now: after {0}', instructions(moments.instructions));
  pick.items = goalsOf(moments, remove);
  return new Promise((resolve) => {
    pick.onDidTriggerItemButton(({ item }) => {
      removeBookmark(item.goal?.number ?? 0);
      pick.items = pick.items.filter((each) => each !== item);
    });
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

async function askInstruction({ present }: MomentsResponse): Promise<GoToArguments | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Go to the moment after so many instructions'),
    prompt: vscode.l10n.t('A number up to {0}', present.toLocaleString('en')),
    validateInput: (value) => {
      const number = numberIn(value);
      return number !== undefined && number <= present
        ? undefined
        : vscode.l10n.t('A number up to {0}', present.toLocaleString('en'));
    },
  });
  const number = text === undefined ? undefined : numberIn(text);
  return number === undefined ? undefined : { to: 'instruction', number };
}

async function askCondition(): Promise<GoToArguments | undefined> {
  const condition = await vscode.window.showInputBox({
    title: vscode.l10n.t('Go to the first moment at which something held'),
    prompt: vscode.l10n.t(
      'A condition, such as guest.cr3 == 0x5000, cf, or dword [0x600] > 3 && exit.number > 10',
    ),
  });
  const text = condition?.trim() ?? '';
  return text === '' ? undefined : { to: 'first', condition: text };
}

/** Thousands may be set apart, as they are shown. */
function numberIn(text: string): number | undefined {
  const digits = text.replaceAll(/[,\s]/g, '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

/** Lets a person choose a timeline to go on with, or one to drop. */
async function pickTimeline(
  timelines: readonly TimelineBody[],
): Promise<{ readonly number: number; readonly drop?: boolean } | undefined> {
  const drop = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Drop') };
  const pick = vscode.window.createQuickPick<TimelinePick>();
  pick.title = vscode.l10n.t('Timelines: the courses of events of this session');
  pick.placeholder = vscode.l10n.t('Go on at the end of one');
  pick.items = timelines.map((timeline) => itemOf(timeline, drop));
  return new Promise((resolve) => {
    pick.onDidTriggerItemButton(({ item }) => {
      resolve({ number: item.timeline.number, drop: true });
      pick.hide();
    });
    pick.onDidAccept(() => {
      const chosen = pick.activeItems[0]?.timeline;
      resolve(chosen && !chosen.isPresent ? { number: chosen.number } : undefined);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function itemOf(timeline: TimelineBody, drop: vscode.QuickInputButton): TimelinePick {
  const { number, begins, ends, isPresent } = timeline;
  return {
    label: isPresent
      ? vscode.l10n.t('$(check) Timeline {0} (this one)', number)
      : vscode.l10n.t('$(git-branch) Timeline {0}', number),
    description: vscode.l10n.t('from {0} to {1}', instructions(begins), instructions(ends)),
    buttons: isPresent ? [] : [drop],
    timeline,
  };
}
