import * as vscode from 'vscode';
import type {
  ArrivalAttribute,
  OtherWay,
  PlaceResponse,
  SamePlaceArguments,
  SamePlaceResponse,
  StateArguments,
  StateResponse,
} from '../../adapter/comparison/place-protocol';
import { CustomRequest, type LaunchArguments } from '../../adapter/protocol';
import type { Platform } from '../platform';
import type { SessionWatcher } from '../session/watcher';
import { askInBackground } from './background';
import { showStates } from './states';

/** How long a second session may take to its place, in milliseconds. */
const PATIENCE = 60_000;

/** Shows where a guest stands, in another way: a second session at the same place, and both states side by side. */
export class OtherWays {
  constructor(
    private readonly platform: Platform,
    private readonly watcher: SessionWatcher,
  ) {}

  /**
   * @param name of the way; a person is asked where it is not told
   * @throws Error with a message for people
   */
  async show(here: vscode.DebugSession, name?: string): Promise<vscode.DebugSession | undefined> {
    const place = (await here.customRequest(CustomRequest.PLACE)) as PlaceResponse;
    const way =
      name === undefined
        ? await choose(place)
        : place.ways.find((candidate) => candidate.name === name);
    if (!way) return undefined;
    const found = await this.find(here, place, way);
    if (found?.arrival === undefined) {
      if (found?.message) void vscode.window.showInformationMessage(found.message);
      return undefined;
    }
    const arrival = { address: place.address, count: found.arrival };
    const there = await this.start(here, way, arrival);
    if (!there) return undefined;
    const [one, other] = await Promise.all([
      stateOf(here, found.here),
      stateOf(there, found.there),
    ]);
    await showStates({ name: place.way, text: one }, { name: way.name, text: other });
    return there;
  }

  private find(
    here: vscode.DebugSession,
    { address, instructions }: PlaceResponse,
    way: OtherWay,
  ): Promise<SamePlaceResponse | undefined> {
    const args: SamePlaceArguments = {
      configuration: here.configuration as vscode.DebugConfiguration & LaunchArguments,
      address,
      instructions,
      way: way.name,
    };
    const title = vscode.l10n.t('Looking for this place under {0}', way.name);
    return askInBackground<SamePlaceResponse>(this.platform, title, CustomRequest.SAME_PLACE, args);
  }

  /** A second session of the same guest; undefined when it could not be started. */
  private async start(
    here: vscode.DebugSession,
    { name, monitor, paging }: OtherWay,
    arrival: ArrivalAttribute,
  ): Promise<vscode.DebugSession | undefined> {
    const configuration: vscode.DebugConfiguration = {
      ...here.configuration,
      type: here.type,
      request: 'launch',
      name: `${here.configuration.name} · ${name}`,
      monitor,
      paging: paging ?? 'ept',
      suppressMultipleSessionWarning: true,
      ['__arrival']: arrival,
    };
    const started = this.watcher.nextStop(
      (session) => session.name === configuration.name && session.id !== here.id,
      PATIENCE,
    );
    const ok = await vscode.debug.startDebugging(here.workspaceFolder, configuration, {
      suppressSaveBeforeStart: true,
    });
    return ok ? started : undefined;
  }
}

async function choose({ ways }: PlaceResponse): Promise<OtherWay | undefined> {
  const items = ways.map((way) => ({ label: way.name, detail: way.description, way }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Show this instruction under which technique?'),
    matchOnDetail: true,
  });
  return picked?.way;
}

async function stateOf(
  session: vscode.DebugSession,
  deed: readonly string[] = [],
): Promise<string> {
  const args: StateArguments = { deed };
  const { text } = (await session.customRequest(CustomRequest.STATE, args)) as StateResponse;
  return text;
}
