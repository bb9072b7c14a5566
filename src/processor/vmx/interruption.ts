import { InterruptionInfo, InterruptionType } from '../../isa/vmx/events';
import type { EventKind, InterruptEvent } from '../events/event';

/** Between events and the VMCS's interruption-information fields (SDM 3C 25.8.3, 25.9.2, 25.9.3). */

const TYPES: Record<EventKind, number> = {
  'external-interrupt': InterruptionType.EXTERNAL_INTERRUPT,
  NMI: InterruptionType.NMI,
  'hardware-exception': InterruptionType.HARDWARE_EXCEPTION,
  'software-interrupt': InterruptionType.SOFTWARE_INTERRUPT,
  'privileged-software-exception': InterruptionType.PRIVILEGED_SOFTWARE_EXCEPTION,
  'software-exception': InterruptionType.SOFTWARE_EXCEPTION,
};

/** The 32-bit interruption information of an event, with the valid bit. */
export function interruptionInfo(event: InterruptEvent): number {
  const error = event.errorCode === undefined ? 0 : InterruptionInfo.ERROR_CODE;
  const type = TYPES[event.kind] << InterruptionInfo.TYPE_SHIFT;
  return (event.vector | type | error | InterruptionInfo.VALID) >>> 0;
}

/** The event that a valid VM-entry interruption information asks to inject; undefined for MTF (type 7). */
export function injectedEvent(
  info: number,
  errorCode: number,
  rip: bigint,
  instructionLength: number,
): InterruptEvent | undefined {
  const type = (info & InterruptionInfo.TYPE) >> InterruptionInfo.TYPE_SHIFT;
  const kind = (Object.keys(TYPES) as EventKind[]).find((name) => TYPES[name] === type);
  if (!kind) return undefined;
  const software = type >= InterruptionType.SOFTWARE_INTERRUPT;
  return {
    kind,
    vector: info & InterruptionInfo.VECTOR,
    errorCode: info & InterruptionInfo.ERROR_CODE ? errorCode : undefined,
    returnRip: software ? rip + BigInt(instructionLength) : rip,
    instructionLength,
  };
}
