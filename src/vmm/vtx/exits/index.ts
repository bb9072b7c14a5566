import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { answer, type ExitHandler } from '../../hardware/exits/handlers';
import { advanceRip } from '../advance-rip';
import { handleCpuid } from '../../hardware/exits/cpuid';
import { handleCrAccess } from './cr-access';
import { handleEptViolation } from './ept-violation';
import { handleHlt } from '../../hardware/exits/hlt';
import {
  handleExternalInterrupt,
  handleInterruptWindow,
  handleNmiWindow,
  handlePreemptionTimer,
} from './interrupts';
import { handleInvlpg } from './invlpg';
import { handleInvpcid } from './invpcid';
import { handleIoInstruction } from './io-instruction';
import { handleRdmsr, handleWrmsr } from '../../hardware/exits/msr';
import { handleMonitorMwait } from './monitor-mwait';
import { handleMovDr } from './mov-dr';
import { handlePause } from '../../hardware/exits/pause';
import { handlePageFault } from './page-fault';
import type { VtxVcpu } from '../vtx-vcpu';
import { handleRdtsc, handleRdtscp } from '../../hardware/exits/time-stamp';
import { handleTripleFault } from '../../hardware/exits/shutdown';
import { handleTaskSwitch } from './task-switch';
import { handleHypercall } from '../../hardware/exits/hypercall';
import { handleVmxInstruction } from './vmx-instruction';
import { handleXsetbv } from './xsetbv';

const on = (reasons: number | readonly number[], named: Parameters<typeof answer<VtxVcpu>>[1]) =>
  answer<VtxVcpu>(reasons, named);

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
export const EXIT_HANDLERS: ReadonlyMap<number, ExitHandler<VtxVcpu>> = new Map([
  ...on(ExitReason.EXCEPTION_NMI, { handlePageFault }),
  ...on(ExitReason.EXTERNAL_INTERRUPT, { handleExternalInterrupt }),
  ...on(ExitReason.TRIPLE_FAULT, { handleTripleFault }),
  ...on(ExitReason.INTERRUPT_WINDOW, { handleInterruptWindow }),
  ...on(ExitReason.PREEMPTION_TIMER_EXPIRED, { handlePreemptionTimer }),
  ...on(ExitReason.TASK_SWITCH, { handleTaskSwitch }),
  ...on(ExitReason.CPUID, { handleCpuid }),
  ...on(ExitReason.HLT, { handleHlt }),
  ...on(ExitReason.INVLPG, { handleInvlpg }),
  ...on(ExitReason.INVPCID, { handleInvpcid }),
  ...on([ExitReason.MONITOR, ExitReason.MWAIT], { handleMonitorMwait }),
  ...on(ExitReason.VMCALL, { handleHypercall }),
  ...on(ExitReason.CR_ACCESS, { handleCrAccess }),
  ...on(ExitReason.IO_INSTRUCTION, { handleIoInstruction }),
  ...on(ExitReason.RDMSR, { handleRdmsr }),
  ...on(ExitReason.WRMSR, { handleWrmsr }),
  ...on(ExitReason.EPT_VIOLATION, { handleEptViolation }),
  ...on([ExitReason.INVD, ExitReason.WBINVD], { advanceRip }),
  ...on(ExitReason.PAUSE, { handlePause }),
  ...on(ExitReason.NMI_WINDOW, { handleNmiWindow }),
  ...on(ExitReason.RDTSC, { handleRdtsc }),
  ...on(ExitReason.RDTSCP, { handleRdtscp }),
  ...on(ExitReason.MOV_DR, { handleMovDr }),
  ...on(ExitReason.XSETBV, { handleXsetbv }),
  ...on(VMX_INSTRUCTIONS, { handleVmxInstruction }),
]);

/** The name of the function that answers an exit reason. */
export const exitHandlerName = (reason: number): string | undefined =>
  EXIT_HANDLERS.get(reason)?.name;
