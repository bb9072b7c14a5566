import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SessionContext } from './context';
import { handler, type Handlers } from './handlers';
import { programSource } from './program-sources';

/** A module with the column that the capabilities announce. */
type Module = DebugProtocol.Module & { readonly mode: string };

/** The program, and the monitor under it. */
export function moduleRequests(context: SessionContext): Handlers {
  return {
    modules: handler(({ startModule, moduleCount }: DebugProtocol.ModulesArguments) => {
      const all = modulesOf(context);
      const from = startModule ?? 0;
      const modules = moduleCount ? all.slice(from, from + moduleCount) : all.slice(from);
      return { modules, totalModules: all.length };
    }),
  };
}

function modulesOf(context: SessionContext): Module[] {
  const { program, monitor, technique } = context.debuggee.target;
  const [entry] = program.files;
  const last = program.origin + BigInt(Math.max(0, program.image.length - 1));
  const modules: Module[] = [
    {
      id: 'program',
      name: entry === undefined ? 'program' : (programSource(entry).name ?? entry),
      ...(entry !== undefined && { path: entry }),
      isUserCode: true,
      symbolStatus: l10n.t('{0} symbols', program.symbols.all.length),
      addressRange: `0x${program.origin.toString(16)}-0x${last.toString(16)}`,
      mode: l10n.t('starts {0}-bit', program.bits),
    },
  ];
  if (monitor) {
    modules.push({
      id: 'monitor',
      name: l10n.t('monitor ({0})', technique.name),
      isUserCode: false,
      symbolStatus: l10n.t('source shown'),
      mode: technique.hostOperation,
    });
  }
  return modules;
}
