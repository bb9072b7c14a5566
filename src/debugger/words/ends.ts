import * as l10n from '@vscode/l10n';
import { clauses, labelled } from '../../isa/phrases';
import type { WakeUp } from '../../machine/wake-ups';
import { exitStatus, type End, type Outcome } from '../../session';
import { abortText, failureWords, type ExitNames } from '../techniques';

/**
 * Why the guest has ended, in the user's language.
 *
 * @param exits of the technique by which it ran
 */
export function endReason(end: End, exits: ExitNames): string {
  switch (end.kind) {
    case 'halted':
      return l10n.t('halted with interrupts disabled');
    case 'asleep':
      return asleepText(end.wakeUps);
    case 'hypercall':
      return l10n.t('exit hypercall');
    case 'exit-device':
      return l10n.t('exit device');
    case 'power-off':
      return l10n.t('power-off');
    case 'reset':
      return l10n.t('reset');
    case 'shutdown':
      return l10n.t('triple fault');
    case 'vmx-abort':
      return abortText(end.indicator);
    case 'failure':
      return failureWords(end.failure, exits);
  }
}

/** For the console, when the session ends. */
export function endText(end: End, exits: ExitNames): string {
  return l10n.t('The guest has ended: {0} (exit code {1})', endReason(end, exits), exitStatus(end));
}

/** What the command line says of an end that nobody wishes for; nothing of the others. */
export function troubleText(outcome: Outcome, exits: ExitNames): string | undefined {
  if (outcome.kind === 'asleep') return asleepText(outcome.wakeUps);
  if (outcome.kind === 'failure') return failureWords(outcome.failure, exits);
  if (outcome.kind === 'vmx-abort') return abortText(outcome.indicator);
  if (outcome.kind !== 'not-implemented') return undefined;
  const address = `0x${outcome.address.toString(16)}`;
  return l10n.t('not implemented: {0} at {1}', outcome.what, address);
}

/** Nothing can end the HLT: device by device, what keeps its interrupt away. */
export function asleepText(wakeUps: readonly WakeUp[]): string {
  const reasons = wakeUps.map(({ device, irq, obstacle }) =>
    labelled(
      irq === undefined ? deviceName(device) : l10n.t('{0} (IRQ {1})', deviceName(device), irq),
      obstacleText(obstacle),
    ),
  );
  return labelled(
    l10n.t('The guest sleeps for ever in HLT, though interrupts are enabled'),
    clauses(...reasons),
  );
}

export function deviceName(device: WakeUp['device']): string {
  switch (device) {
    case 'timer':
      return l10n.t('timer');
    case 'real-time clock':
      return l10n.t('real-time clock');
    case 'keyboard':
      return l10n.t('keyboard');
    case 'floppy':
      return l10n.t('floppy disk controller');
    case 'mouse':
      return l10n.t('mouse');
    case 'HPET':
      return device;
    case 'serial port':
      return l10n.t('serial port');
    case 'ACPI timer':
      return l10n.t('ACPI timer');
    case 'local APIC timer':
      return l10n.t('local APIC timer');
  }
}

export function obstacleText(obstacle: WakeUp['obstacle']): string {
  switch (obstacle) {
    case undefined:
      return '';
    case 'not-armed':
      return l10n.t('not armed');
    case 'uninitialized':
      return l10n.t('the interrupt controller is not initialized');
    case 'masked':
      return l10n.t('masked in the interrupt controller');
    case 'in-service':
      return l10n.t('held off by an interrupt whose end (EOI) was never told');
  }
}
