import * as vscode from 'vscode';
import { registerCommands } from './commands/commands';
import { ComparisonPanel } from './comparison/comparison-panel';
import { OtherWays } from './comparison/other-way';
import { ExecutedLines } from './coverage/coverage';
import { LineHistory } from './line-history/line-history';
import { LanguageSupport } from './language/register';
import type { Platform } from './platform';
import { DEBUG_TYPE } from './debug-type';
import { registerConfigurations } from './session/configurations';
import { tellAssemblyFailures } from './session/assembly-failures';
import { tellFirstSteps } from './session/first-steps';
import { GuestScreen } from './screen/guest-screen';
import { ProgramDiagnostics } from './session/diagnostics';
import { EditedSources } from './session/edited-sources';
import { GuestTerminals } from './session/guest-terminal';
import { LastGuest } from './session/last-guest';
import { RemarkMarks } from './session/remark-marks';
import { tellMonitor } from './session/monitor-context';
import { SessionWatcher } from './session/watcher';
import { WorldIndicator } from './session/world-indicator';
import { TimelineView } from './timeline/timeline-view';
import { MachineView } from './machine/machine-view';
import { PageWalkView } from './page-walk/page-walk-view';
import { Reveal } from './views/reveal';
import { createViews, type Views } from './views/views';

/** What the extension hands out to tests and to other extensions. */
export interface RingsideApi {
  readonly host: Platform['kind'];
  readonly views: Views;
  readonly world: WorldIndicator;
  readonly terminals: GuestTerminals;
  readonly screen: GuestScreen;
  readonly remarks: RemarkMarks;
  readonly lineHistory: LineHistory;
  readonly coverage: ExecutedLines;
  readonly comparison: ComparisonPanel;
  readonly timeline: TimelineView;
  readonly pageWalk: PageWalkView;
  readonly machine: MachineView;
}

/** The whole extension, in whichever host. */
export function activateRingside(
  context: vscode.ExtensionContext,
  platform: Platform,
): RingsideApi {
  const watcher = new SessionWatcher();
  const views = createViews(watcher);
  const world = new WorldIndicator(watcher);
  const terminals = new GuestTerminals(watcher);
  const lastGuest = new LastGuest();
  const screen = new GuestScreen(context.extensionUri, watcher);
  const remarks = new RemarkMarks(watcher);
  const lineHistory = new LineHistory(watcher);
  const coverage = new ExecutedLines(watcher);
  const comparison = new ComparisonPanel(context.extensionUri);
  const timeline = new TimelineView(context.extensionUri, watcher);
  const pageWalk = new PageWalkView(context.extensionUri, watcher);
  const machine = new MachineView(context.extensionUri, watcher);
  const otherWays = new OtherWays(platform, watcher);
  const language = new LanguageSupport(platform);
  context.subscriptions.push(
    watcher,
    views,
    world,
    terminals,
    lastGuest,
    screen,
    remarks,
    lineHistory,
    coverage,
    comparison,
    timeline,
    pageWalk,
    machine,
    language,
    new ProgramDiagnostics(watcher, (uri) => language.diagnostics.covers(uri)),
    tellAssemblyFailures(watcher),
    new EditedSources(),
    tellMonitor(watcher),
    tellFirstSteps(watcher),
    new Reveal(watcher, views),
    registerConfigurations(platform),
    registerCommands({
      platform,
      extension: context.extensionUri,
      watcher,
      views,
      world,
      terminals,
      lastGuest,
      screen,
      comparison,
      pageWalk,
      otherWays,
      coverage,
      choices: context.globalState,
    }),
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
      createDebugAdapterDescriptor: (session) => platform.createAdapter(session),
    }),
  );
  const { kind: host } = platform;
  const marks = { remarks, lineHistory, coverage };
  const shown = { views, world, terminals, screen, comparison, timeline, pageWalk, machine };
  return { host, ...shown, ...marks };
}
