import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../debug-type';
import type { Platform } from '../platform';
import { isAssembly, isAssemblyPath } from '../language/languages';

/** Launch configurations: made up where there is none, completed where something is missing. */
export function registerConfigurations(platform: Platform): vscode.Disposable {
  const resolver: vscode.DebugConfigurationProvider = {
    resolveDebugConfiguration: (_folder, configuration) => {
      const { type, program: own, disk, bios, request } = configuration;
      if (type && request === 'attach') return configuration; // to a recording
      if (type && (own || disk || bios)) return configuration; // a disk boots without a program
      const program = programToDebug();
      if (program === undefined) {
        tellNoProgram();
        return undefined;
      }
      return { ...launchOf(program), ...configuration, ...launchDefaults(configuration), program };
    },
    resolveDebugConfigurationWithSubstitutedVariables: (folder, configuration) =>
      completed(platform, folder, configuration),
  };
  const dynamic: vscode.DebugConfigurationProvider = {
    provideDebugConfigurations: () => {
      const program = programToDebug();
      if (program === undefined) return [];
      const name = program.slice(program.lastIndexOf('/') + 1);
      return [
        { ...launchOf(program), name: vscode.l10n.t('Debug {0} under VT-x', name) },
        {
          ...launchOf(program),
          name: vscode.l10n.t('Debug {0} on the bare computer', name),
          monitor: 'none',
        },
      ];
    },
  };
  return vscode.Disposable.from(
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, resolver),
    vscode.debug.registerDebugConfigurationProvider(
      DEBUG_TYPE,
      dynamic,
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
  );
}

/** With what the workspace adds to it, as an adapter is given it. */
export function completed(
  { kind }: Platform,
  folder: vscode.WorkspaceFolder | undefined,
  configuration: vscode.DebugConfiguration,
): vscode.DebugConfiguration {
  const complete =
    configuration.request === 'attach' ? configuration : searchingWorkspace(folder, configuration);
  return kind === 'worker' ? withUris(folder, complete) : complete;
}

function launchDefaults({ type, request, name }: vscode.DebugConfiguration): object {
  return {
    type: type || DEBUG_TYPE,
    request: request || 'launch',
    name: name || vscode.l10n.t('Debug guest'),
  };
}

export function launchOf(program: string): vscode.DebugConfiguration {
  return {
    type: DEBUG_TYPE,
    request: 'launch',
    name: vscode.l10n.t('Debug guest'),
    program,
    stopOnEntry: true,
  };
}

export function tellNoProgram(): void {
  void vscode.window.showErrorMessage(
    vscode.l10n.t('Open the assembly source of a guest (.asm), then press F5.'),
  );
}

/** The assembly file in front of the person; else the only one in sight; else the only one that has a tab. */
export function programToDebug(): string | undefined {
  const active = vscode.window.activeTextEditor?.document;
  if (active && isAssembly(active)) return pathOf(active.uri);
  const open = vscode.window.visibleTextEditors.filter(({ document }) => isAssembly(document));
  const uris = open.length > 0 ? open.map(({ document }) => document.uri) : inTabs();
  return uris.length === 1 && uris[0] ? pathOf(uris[0]) : undefined;
}

function inTabs(): vscode.Uri[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []))
    .filter(({ path }) => isAssemblyPath(path));
}

/** As VS Code names files to debug adapters: a path on disk, or a whole URI. */
export function pathOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}

/** Included files are also looked for in the workspace's folder, as NASM does in the one it is called in. */
function searchingWorkspace(
  folder: vscode.WorkspaceFolder | undefined,
  configuration: vscode.DebugConfiguration,
): vscode.DebugConfiguration {
  const root = folder?.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const own: unknown = configuration.includeDirs ?? [];
  if (!root || !Array.isArray(own)) return configuration;
  return { ...configuration, includeDirs: [...(own as unknown[]), pathOf(root)] };
}

/** The attributes that name files and folders. */
const PATHS = ['recording', 'program', 'disk', 'bios', 'initrd', 'symbolFiles', 'includeDirs'];

/** A path, or those in a list and in `{"program": path}`. */
function inPlace(value: unknown, resolve: (path: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => inPlace(part, resolve));
  if (typeof value !== 'object' || value === null) return resolve(value);
  const { program } = value as { program?: unknown };
  return { ...value, program: resolve(program) };
}

/** `${file}` and `${workspaceFolder}` lose the scheme; in a browser only a URI tells where a file is. */
function withUris(
  folder: vscode.WorkspaceFolder | undefined,
  configuration: vscode.DebugConfiguration,
): vscode.DebugConfiguration {
  const root = folder?.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const resolve = (path: unknown): unknown => {
    if (typeof path !== 'string' || !root || /^[A-Za-z][\w+.-]+:/.test(path)) return path;
    const absolute = path.startsWith('/') || path.startsWith('\\');
    const uri = absolute
      ? root.with({ path: path.replaceAll('\\', '/') })
      : vscode.Uri.joinPath(root, path);
    return uri.toString();
  };
  return {
    ...configuration,
    ...(Object.fromEntries(
      PATHS.filter((name) => configuration[name] !== undefined).map((name) => [
        name,
        inPlace(configuration[name], resolve),
      ]),
    ) as Record<string, unknown>),
  };
}
