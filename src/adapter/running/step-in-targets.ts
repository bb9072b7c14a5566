import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { callsOfLine } from '../../debugger/places/calls-of-line';
import type { Target } from '../../debugger/target';
import type { SessionContext } from '../context';
import { RequestError } from '../request-error';

interface Found {
  readonly target: Target;
  readonly address: bigint;
}

/** What a step can go into, by ids that mean something at one stop alone. */
export class StepInTargets {
  private readonly calls = new Map<number, Found>();
  private next = 1;

  constructor(private readonly context: SessionContext) {}

  /** Those of a frame: only the topmost can step into anything. */
  of(frameId: number): DebugProtocol.StepInTarget[] {
    const { target, frame, frames } = this.context.frame(frameId);
    const top = frames.find(({ kind }) => kind !== 'label');
    if (frame !== top || frame.kind !== 'code') return [];
    return callsOfLine(target).map(({ address, text }) => {
      const id = this.next++;
      this.calls.set(id, { target, address });
      return { id, label: text };
    });
  }

  /** The call, and who makes it. @throws RequestError where it is not before control any more */
  get(id: number): Found {
    const found = this.calls.get(id);
    const { targets } = this.context.debuggee;
    const isThere =
      found !== undefined &&
      targets.includes(found.target) &&
      callsOfLine(found.target).some(({ address }) => address === found.address);
    if (!isThere) throw new RequestError(l10n.t('there is no such call in the present line'));
    return found;
  }
}
