import { ExitReason } from '../../../isa/vmx/exit-reasons';
import type { Handler } from '../../operation';
import { advanceRip } from '../advance-rip';
import { handleCpuid } from './cpuid';
import { handleCrAccess } from './cr-access';
import { handleEptViolation } from './ept-violation';
import { handleHlt } from './hlt';
import { handleExternalInterrupt, handleInterruptWindow } from './interrupts';
import { handleInvlpg } from './invlpg';
import { handleIoInstruction } from './io-instruction';
import { handleRdmsr, handleWrmsr } from './msr';
import { handleMovDr } from './mov-dr';
import { handleRdtsc, handleRdtscp } from './time-stamp';
import { handleTripleFault } from './shutdown';
import { handleVmcall } from './vmcall';
import { handleVmxInstruction } from './vmx-instruction';

/** Which handler answers which exit reason. A new one is one more file and one more line. */
export const EXIT_HANDLERS: ReadonlyMap<number, () => Handler> = new Map([
  [ExitReason.EXTERNAL_INTERRUPT, handleExternalInterrupt],
  [ExitReason.TRIPLE_FAULT, handleTripleFault],
  [ExitReason.INTERRUPT_WINDOW, handleInterruptWindow],
  [ExitReason.CPUID, handleCpuid],
  [ExitReason.HLT, handleHlt],
  [ExitReason.INVD, advanceRip],
  [ExitReason.INVLPG, handleInvlpg],
  [ExitReason.VMCALL, handleVmcall],
  [ExitReason.CR_ACCESS, handleCrAccess],
  [ExitReason.IO_INSTRUCTION, handleIoInstruction],
  [ExitReason.RDMSR, handleRdmsr],
  [ExitReason.WRMSR, handleWrmsr],
  [ExitReason.EPT_VIOLATION, handleEptViolation],
  [ExitReason.WBINVD, advanceRip],
  [ExitReason.PAUSE, advanceRip],
  [ExitReason.RDTSC, handleRdtsc],
  [ExitReason.RDTSCP, handleRdtscp],
  [ExitReason.MOV_DR, handleMovDr],
  ...[
    ExitReason.VMCLEAR, ExitReason.VMLAUNCH, ExitReason.VMPTRLD, ExitReason.VMPTRST, ExitReason.VMREAD,
    ExitReason.VMRESUME, ExitReason.VMWRITE, ExitReason.VMXOFF, ExitReason.VMXON, ExitReason.INVEPT,
    ExitReason.INVVPID,
  ].map((reason): [number, () => Handler] => [reason, handleVmxInstruction]), // prettier-ignore
]);

/** The name of the function that answers an exit reason. */
export const exitHandlerName = (reason: number): string | undefined =>
  EXIT_HANDLERS.get(reason)?.name;
