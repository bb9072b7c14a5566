import * as l10n from '@vscode/l10n';
import { describeVector, Vector } from '../../isa/exceptions';
import { clauses, withNote } from '../../isa/phrases';
import { symbolAt } from '../../debugger/places/program-place';
import type { StopReason } from '../../debugger/run/stop';
import { linearRip } from '../../debugger/registers/registers';
import type { Target, World } from '../../debugger/target';
import { failureWords } from '../../debugger/techniques';
import type { Fault } from '../../processor/faults';

/** A stop in the protocol's words. */
export interface StopText {
  /** A reason of the protocol. */
  readonly reason: string;
  /** For the call-stack view. */
  readonly description: string;
  /** More, for the editor. */
  readonly text?: string;
}

/** What to tell of a stop. */
export function stopText(reason: StopReason, target: Target): StopText {
  switch (reason.kind) {
    case 'entry':
      return { reason: 'entry', description: l10n.t('Paused on entry') };
    case 'step':
      return { reason: 'step', description: l10n.t('Paused on step') };
    case 'pause':
      return { reason: 'pause', description: l10n.t('Paused') };
    case 'goto':
      return { reason: 'goto', description: l10n.t('Paused after a jump') };
    case 'breakpoint':
      return { reason: 'breakpoint', description: l10n.t('Paused on breakpoint') };
    default:
      return { reason: 'exception', ...exceptionText(reason, target) };
  }
}

/** Stops that the protocol knows as exceptions. */
export type ExceptionStop = Exclude<
  StopReason,
  { kind: 'entry' | 'step' | 'pause' | 'goto' | 'breakpoint' }
>;

function exceptionText(reason: ExceptionStop, target: Target): Omit<StopText, 'reason'> {
  switch (reason.kind) {
    case 'vm-exit': {
      const { last } = target.trace;
      const text = last ? target.technique.exits.title(last) : l10n.t('VM exit');
      return { description: text, text };
    }
    case 'guest-exception': {
      const name = describeVector(reason.vector);
      return { description: name, text: l10n.t('{0} at {1}', name, raisedAt(target)) };
    }
    case 'guest-failure':
      return { description: l10n.t('The guest cannot go on'), text: failureWords(reason.failure) };
    case 'entry-failure':
      return {
        description: l10n.t('VM entry failed'),
        text: entryFailureText(failureWords(reason.failure), target),
      };
    case 'triple-fault': {
      return {
        description: l10n.t('Triple fault'),
        text: chainText(reason.chain, target, reason.inGuest ? target.guestWorld : target.code),
      };
    }
    case 'not-implemented': {
      const address = `0x${reason.address.toString(16)}`;
      const text = l10n.t('not implemented: {0} at {1}', reason.what, address);
      return { description: text, text };
    }
    case 'internal-error': {
      const first = reason.message.split('\n')[0] ?? '';
      return { description: l10n.t('Internal error of the simulator'), text: first };
    }
  }
}

function raisedAt(target: Target): string {
  const from = target.events.last?.from ?? 0n;
  return symbolAt(target, from) ?? `0x${from.toString(16)}`;
}

/** The faults one below the other, each with what it has to do with the one before. */
export function chainText(chain: readonly Fault[], target: Target, world: World): string {
  const lines = chain.map((fault, n) => {
    const text = faultText(fault);
    if (n === 0) return l10n.t('{0} at {1}', text, addressText(target, world));
    if (fault.vector === Vector.DF) return l10n.t('These two make a double fault: {0}', text);
    return l10n.t('While it was being delivered: {0}', text);
  });
  const { base, limit } = world.registers.idtr;
  const idtr = l10n.t(
    'IDTR: base {0}, limit {1}',
    `0x${base.toString(16)}`,
    `0x${limit.toString(16)}`,
  );
  return [...lines, l10n.t('A third fault shuts the processor down.'), idtr].join('\n');
}

function addressText(target: Target, { registers, memory }: World): string {
  const address = linearRip(registers);
  return symbolAt(target, address, memory) ?? `0x${address.toString(16)}`;
}

export function faultText({ vector, errorCode, address }: Fault): string {
  const parts = [
    ...(errorCode !== undefined ? [l10n.t('error code {0}', `0x${errorCode.toString(16)}`)] : []),
    ...(address !== undefined ? [l10n.t('address {0}', `0x${address.toString(16)}`)] : []),
  ];
  const name = describeVector(vector);
  return withNote(name, clauses(...parts));
}

/** Each check that failed, with what was found and what is allowed. */
export function entryFailureText(message: string, target: Target): string {
  const { entryFailures } = target.technique;
  return [
    message,
    ...entryFailures.map(({ found, allowed }) => l10n.t('{0}: {1}', found, allowed)),
  ].join('\n');
}
