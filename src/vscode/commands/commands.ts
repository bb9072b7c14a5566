import * as vscode from 'vscode';
import type { GuestScreen } from '../screen/guest-screen';
import type { GuestTerminals } from '../session/guest-terminal';
import type { LastGuest } from '../session/last-guest';
import type { SessionWatcher } from '../session/watcher';
import type { WorldIndicator } from '../session/world-indicator';
import type { Views } from '../views/views';
import type { ComparisonPanel } from '../comparison/comparison-panel';
import type { PageWalkView } from '../page-walk/page-walk-view';
import type { OtherWays } from '../comparison/other-way';
import { registerStates } from '../comparison/states';
import type { ExecutedLines } from '../coverage/coverage';
import type { Platform } from '../platform';
import { comparisonCommands } from './comparison';
import { registerExplanations } from '../dumps/explain-dump';
import { doctorCommands } from './doctor';
import { exitCommands } from './exits';
import { registerMemoryText } from './memory';
import { pastCommands } from './past';
import { recordingCommands } from './recordings';
import { registerRecordingPage } from '../recordings/recording-page';
import { rowCommands } from './rows';
import { sampleCommands } from './samples';
import { screenCommands } from './screen';
import { sessionCommands } from './session';
import { tlbCommands } from './tlb';
import { translationCommands } from './translation';
import { vmcsCommands } from './vmcs';
import { writerCommands } from './writers';

/** What commands work on. */
export interface CommandContext {
  readonly platform: Platform;
  /** Where the extension's own files are. */
  readonly extension: vscode.Uri;
  readonly watcher: SessionWatcher;
  readonly views: Views;
  readonly world: WorldIndicator;
  readonly terminals: GuestTerminals;
  readonly lastGuest: LastGuest;
  readonly screen: GuestScreen;
  readonly comparison: ComparisonPanel;
  readonly pageWalk: PageWalkView;
  readonly otherWays: OtherWays;
  readonly coverage: ExecutedLines;
  /** What a person has chosen, kept from one window to the next. */
  readonly choices: vscode.Memento;
}

// Commands get whatever the place they were called from passes; each checks what it was given.
export type Command = (...args: never[]) => unknown;
export type Commands = Readonly<Record<string, Command>>;

/** All commands; package.json names and places them. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const commands: Commands = {
    ...sessionCommands(context),
    ...rowCommands(context),
    ...translationCommands(context),
    ...tlbCommands(context),
    ...exitCommands(context),
    ...pastCommands(context),
    ...writerCommands(context),
    ...recordingCommands(context),
    ...vmcsCommands(context),
    ...sampleCommands(context),
    ...screenCommands(context),
    ...comparisonCommands(context),
    ...doctorCommands(context),
  };
  return vscode.Disposable.from(
    registerMemoryText(),
    registerStates(),
    registerExplanations(),
    registerRecordingPage(),
    ...Object.entries(commands).map(([name, command]) =>
      vscode.commands.registerCommand(name, command as (...args: unknown[]) => unknown),
    ),
  );
}
