import * as l10n from '@vscode/l10n';
import type { EventKind } from '../events/event';
import { TR } from '../state/layout';
import type { CpuState } from '../state/cpu-state';
import { tableWords } from './tables';
import { hex, reason, type Reason } from './reason';

/** What the way of an event to its handler can offend (SDM 3A 6.10 to 6.14). */

export function beyondIdt(state: CpuState, vector: number): Reason {
  const { limit } = state.idtr;
  const table = tableWords(state, 'idtr');
  return reason('idt-limit', 'SDM 3A 6.10', () =>
    [
      l10n.t('Entry {0} lies beyond the limit {1} of the IDT.', hex(vector), hex(limit)),
      table(),
    ].join('\n'),
  );
}

export function noGate(state: CpuState, vector: number, low: bigint, typeName: string): Reason {
  const table = tableWords(state, 'idtr');
  return reason('idt-gate-type', 'SDM 3A 6.11', () =>
    [
      low === 0n
        ? l10n.t('Entry {0} of the IDT is empty.', hex(vector))
        : l10n.t(
            'Entry {0} of the IDT is no interrupt or trap gate, but: {1}.',
            hex(vector),
            l10n.t(typeName),
          ),
      table(),
    ].join('\n'),
  );
}

export const gateTooPrivileged = (vector: number, dpl: number, cpl: number): Reason =>
  reason('idt-gate-privilege', 'SDM 3A 6.12.1.2', () =>
    l10n.t(
      'Entry {0} of the IDT has DPL {1}: an instruction with CPL {2} may not use it.',
      hex(vector),
      dpl,
      cpl,
    ),
  );

export const idtGateNotPresent = (vector: number): Reason =>
  reason('idt-gate-not-present', 'SDM 3A 6.11', () =>
    l10n.t('The gate in entry {0} of the IDT is not present (P = 0).', hex(vector)),
  );

export const handlerBeyondLimit = (offset: bigint, limit: number): Reason =>
  reason('handler-limit', 'SDM 3A 6.12.1', () =>
    l10n.t(
      "The handler's offset {0} lies beyond the limit {1} of its code segment.",
      hex(offset),
      hex(limit),
    ),
  );

/** An event in virtual-8086 mode must lead to ring 0. */
export const notToRing0 = (selector: number): Reason =>
  reason('virtual-8086-handler', 'SDM 3B 21.3.1.1', () =>
    l10n.t(
      "In virtual-8086 mode the handler's code segment {0} must be nonconforming with DPL 0.",
      hex(selector),
    ),
  );

/** TR as it is, and a word more when nobody has ever loaded it. */
function taskRegister(state: CpuState): () => string {
  const { selector, base, limit } = state.segment(TR);
  return () => {
    const tss = l10n.t('TSS: base {0}, limit {1}.', hex(base), hex(limit));
    return selector === 0 ? `${tss}\n${l10n.t('No TSS was ever loaded: TR is null.')}` : tss;
  };
}

export function stackBeyondTss(state: CpuState, offset: number): Reason {
  const tr = taskRegister(state);
  const { limit } = state.segment(TR);
  return reason('tss-limit', 'SDM 3A 6.12.1', () =>
    [
      l10n.t(
        "The new stack pointer is read at offset {0} of the TSS, beyond the TSS's limit {1}.",
        hex(offset),
        hex(limit),
      ),
      tr(),
    ].join('\n'),
  );
}

/** Where a handler's stack pointer came from, for what its pushes raise. */
export function stackFromTss(state: CpuState, offset: number, pointer: bigint): () => string {
  const tr = taskRegister(state);
  return () =>
    [
      l10n.t('The stack pointer {0} was read at offset {1} of the TSS.', hex(pointer), hex(offset)),
      tr(),
    ].join('\n');
}

export const stackFull = (offset: bigint, limit: number): Reason =>
  reason('stack-limit', 'SDM 3A 6.12.1', () =>
    l10n.t(
      'A value pushed at offset {0} does not lie within the limit {1} of the stack segment.',
      hex(offset),
      hex(limit),
    ),
  );

export const wrongStack = (selector: number, dpl: number, ring: number): Reason =>
  reason('tss-stack-segment', 'SDM 3A 6.12.1', () =>
    l10n.t(
      'The stack segment {0} in the TSS must be writable data with RPL and DPL {1}; its DPL is {2}.',
      hex(selector),
      ring,
      dpl,
    ),
  );

export const doubleFault = (): Reason =>
  reason('double-fault', 'SDM 3A 6.15', () =>
    l10n.t('Two faults that cannot be handled one after the other make a double fault.'),
  );

/** What a software event is in a chain of faults: an instruction asked for it. */
export const softwareEvent = (kind: EventKind, vector: number): Reason =>
  reason('event', 'SDM 3A 6.3', () =>
    kind === 'external-interrupt' || kind === 'NMI'
      ? l10n.t('An interrupt with vector {0} came from outside.', hex(vector))
      : l10n.t('An instruction asked for vector {0}.', hex(vector)),
  );

/** @param hits bits B0 to B3 of DR6 */
export const hardwareBreakpoint = (hits: number): Reason =>
  reason('hardware-breakpoint', 'SDM 3B 18.2.4', () => {
    const numbers = [0, 1, 2, 3].filter((n) => hits & (1 << n)).map((n) => `DR${String(n)}`);
    return l10n.t(
      'The condition of a breakpoint in the debug registers was met: {0}.',
      numbers.join(', '),
    );
  });

export const singleStep = (): Reason =>
  reason('single-step', 'SDM 3B 18.3.1.4', () =>
    l10n.t('RFLAGS.TF was 1: each instruction is followed by a debug exception.'),
  );
