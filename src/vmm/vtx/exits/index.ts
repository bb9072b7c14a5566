import { ExitReason } from '../../../isa/vmx/exit-reasons';
import type { Handler } from '../../operation';
import type { Turns } from '../../schedule/turns';
import { advanceRip } from '../advance-rip';
import { handleCpuid } from '../../hardware/exits/cpuid';
import { handleCrAccess } from './cr-access';
import { handleEptViolation } from './ept-violation';
import { handleHlt } from '../../hardware/exits/hlt';
import {
  handleExternalInterrupt,
  handleInterruptWindow,
  handlePreemptionTimer,
} from './interrupts';
import { handleInvlpg } from './invlpg';
import { handleInvpcid } from './invpcid';
import { handleIoInstruction } from './io-instruction';
import { handleRdmsr, handleWrmsr } from '../../hardware/exits/msr';
import { handleMonitorMwait } from './monitor-mwait';
import { handleMovDr } from './mov-dr';
import { handlePageFault } from './page-fault';
import type { VtxVcpu } from '../vtx-vcpu';
import { handleRdtsc, handleRdtscp } from '../../hardware/exits/time-stamp';
import { handleTripleFault } from './shutdown';
import { handleTaskSwitch } from './task-switch';
import { handleHypercall } from '../../hardware/exits/hypercall';
import { handleVmxInstruction } from './vmx-instruction';
import { handleXsetbv } from './xsetbv';

/** What answers an exit reason. */
export interface ExitHandler {
  /** The name of its function in the source: it is shown, and bundling keeps no names of functions. */
  readonly name: string;
  readonly handle: (vcpu: VtxVcpu, turns: Turns) => Handler;
}

/** `{ handleHlt }` tells function and name at once. */
function answer(
  reasons: number | readonly number[],
  named: Readonly<Record<string, ExitHandler['handle']>>,
): [number, ExitHandler][] {
  return Object.entries(named).flatMap(([name, handle]) =>
    [reasons].flat().map((reason): [number, ExitHandler] => [reason, { name, handle }]),
  );
}

const VMX_INSTRUCTIONS = [
  ExitReason.VMCLEAR,
  ExitReason.VMLAUNCH,
  ExitReason.VMPTRLD,
  ExitReason.VMPTRST,
  ExitReason.VMREAD,
  ExitReason.VMRESUME,
  ExitReason.VMWRITE,
  ExitReason.VMXOFF,
  ExitReason.VMXON,
  ExitReason.INVEPT,
  ExitReason.INVVPID,
];

/** Which handler answers which exit reason. A new one is one more file and one more line. */
export const EXIT_HANDLERS: ReadonlyMap<number, ExitHandler> = new Map([
  ...answer(ExitReason.EXCEPTION_NMI, { handlePageFault }),
  ...answer(ExitReason.EXTERNAL_INTERRUPT, { handleExternalInterrupt }),
  ...answer(ExitReason.TRIPLE_FAULT, { handleTripleFault }),
  ...answer(ExitReason.INTERRUPT_WINDOW, { handleInterruptWindow }),
  ...answer(ExitReason.PREEMPTION_TIMER_EXPIRED, { handlePreemptionTimer }),
  ...answer(ExitReason.TASK_SWITCH, { handleTaskSwitch }),
  ...answer(ExitReason.CPUID, { handleCpuid }),
  ...answer(ExitReason.HLT, { handleHlt }),
  ...answer(ExitReason.INVLPG, { handleInvlpg }),
  ...answer(ExitReason.INVPCID, { handleInvpcid }),
  ...answer([ExitReason.MONITOR, ExitReason.MWAIT], { handleMonitorMwait }),
  ...answer(ExitReason.VMCALL, { handleHypercall }),
  ...answer(ExitReason.CR_ACCESS, { handleCrAccess }),
  ...answer(ExitReason.IO_INSTRUCTION, { handleIoInstruction }),
  ...answer(ExitReason.RDMSR, { handleRdmsr }),
  ...answer(ExitReason.WRMSR, { handleWrmsr }),
  ...answer(ExitReason.EPT_VIOLATION, { handleEptViolation }),
  ...answer([ExitReason.INVD, ExitReason.WBINVD, ExitReason.PAUSE], { advanceRip }),
  ...answer(ExitReason.RDTSC, { handleRdtsc }),
  ...answer(ExitReason.RDTSCP, { handleRdtscp }),
  ...answer(ExitReason.MOV_DR, { handleMovDr }),
  ...answer(ExitReason.XSETBV, { handleXsetbv }),
  ...answer(VMX_INSTRUCTIONS, { handleVmxInstruction }),
]);

/** The name of the function that answers an exit reason. */
export const exitHandlerName = (reason: number): string | undefined =>
  EXIT_HANDLERS.get(reason)?.name;
