import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { PastRequest } from '../../adapter/past/protocol';
import type { Row } from '../views/view-tree';
import { askFocused } from './ask';
import type { CommandContext, Commands } from './commands';

type DataInfo = DebugProtocol.DataBreakpointInfoResponse['body'];
type DataPlace = Pick<DebugProtocol.DataBreakpointInfoArguments, 'name' | 'bytes' | 'asAddress'>;

/** What VS Code hands on from its Variables view. */
interface VariableContext {
  readonly variable: Pick<DebugProtocol.Variable, 'evaluateName'>;
}

type From = Row | VariableContext | undefined;

/** Who writes something: the last one before this moment, the next one, and each from now on. */
export function writerCommands({ watcher }: CommandContext): Commands {
  const ask = askFocused(watcher);
  /** What is meant, and the number by which the session knows it. */
  const find = async (from: From, title: string): Promise<Watched | undefined> => {
    const place = placeIn(from) ?? (await askExpression(title));
    if (!place) return undefined;
    const { frameId } = watcher.focus ?? {};
    const found = await ask<DataInfo>('dataBreakpointInfo', { ...place, frameId });
    if (!found) return undefined;
    if (found.dataId === null) {
      void vscode.window.showInformationMessage(found.description);
      return undefined;
    }
    const { dataId, accessTypes = [] } = found;
    return { dataId, name: place.asAddress ? dataId : place.name, accessTypes };
  };
  const goTo = async (request: string, from: From, title: string): Promise<void> => {
    const found = await find(from, title);
    if (found) await ask(request, { dataId: found.dataId });
  };
  return {
    'ringside.lastWrite': (from: From) =>
      goTo(PastRequest.LAST_STORE, from, vscode.l10n.t('Go to the last write of')),
    'ringside.nextWrite': (from: From) =>
      goTo(PastRequest.NEXT_STORE, from, vscode.l10n.t('Go on to the next write of')),
    'ringside.breakOnChange': async (from: From) => {
      const found = await find(from, vscode.l10n.t('Stop at each change of'));
      if (found) breakAt('change', found);
    },
    'ringside.breakOnAccess': async (from: From) => {
      const found = await find(from, vscode.l10n.t('Stop at each access to'));
      if (!found) return;
      if (found.accessTypes.includes('readWrite')) breakAt('access', found);
      else {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('Of {0} it can only be told when it changes.', found.name),
        );
      }
    },
  };
}

interface Watched {
  readonly dataId: string;
  readonly name: string;
  readonly accessTypes: readonly DebugProtocol.DataBreakpointAccessType[];
}

/**
 * Extensions cannot add data breakpoints. Function breakpoints they can, which a person can see, disable, take away and
 * give conditions to: the name says what is meant.
 */
function breakAt(verb: 'change' | 'access', { name }: Watched): void {
  const wanted = `${verb} ${name}`;
  const isThere = vscode.debug.breakpoints.some(
    (each) => each instanceof vscode.FunctionBreakpoint && each.functionName === wanted,
  );
  if (!isThere) vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(wanted)]);
}

/** Bytes of memory, by an address and a size; or whatever an expression means. */
function placeIn(from: From): DataPlace | undefined {
  if (!from) return undefined;
  if ('variable' in from) {
    const { evaluateName } = from.variable;
    return evaluateName === undefined ? undefined : { name: evaluateName };
  }
  const { memoryReference: name, memoryBytes: bytes, expression } = from.node;
  if (name !== undefined && bytes !== undefined) return { name, bytes, asAddress: true };
  return expression === undefined ? undefined : { name: expression };
}

async function askExpression(title: string): Promise<DataPlace | undefined> {
  const name = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t(
      'Memory, a register, a flag, a field or a port, such as dword [0x600], qword gpa(0x1000), cr3, cf, msr(LSTAR), vmcs.guest_rip or port(0x3f8)',
    ),
  });
  return name === undefined || name.trim() === '' ? undefined : { name: name.trim() };
}
