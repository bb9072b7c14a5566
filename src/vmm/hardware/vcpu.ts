import type { Place } from '../cpuid-answer';
import type { Handler } from '../operation';
import type { SignalledVcpu } from '../signals/signalled-vcpu';
import type { Translations } from './translations';

/** An MSR of the guest's that is not the processor's: transitions switch it, or the monitor keeps it. */
export interface SwitchedMsr {
  read(): Handler<bigint>;
  /** Undefined for one that cannot be written. @returns false for a value that it does not take */
  readonly write?: (value: bigint) => Handler<boolean>;
}

/**
 * A virtual processor that the processor itself runs in guest mode, as handlers deal with it that are the same for VT-x and
 * SVM. Where the guest's registers are, and how it is given an event, is each one's own business; so is what has to follow
 * when its control registers change, which depends on how its memory is translated.
 */
export interface Vcpu extends SignalledVcpu {
  /** Which of the guest's virtual processors it is. */
  readonly place: Place;
  /** Whether its processor is one of AMD's. */
  readonly isAmd: boolean;
  /** Whether the guest is told that the processor can run guests. */
  readonly hasGuests: boolean;
  readonly translations: Translations;
  rflags(): Handler<bigint>;
  /** Whether it is in privilege level 0. */
  isSupervisor(): Handler<boolean>;
  /** The registers as the guest knows them. Of CR0 and CR4, the bits that no VMM needs for itself. */
  cr0(): Handler<bigint>;
  cr3(): Handler<bigint>;
  cr4(): Handler<bigint>;
  efer(): Handler<bigint>;
  /** @param value which has been checked */
  setCr3(value: bigint): Handler;
  /** Bits of IA32_EFER beside LMA. */
  setEfer(value: bigint): Handler;
  /** The four PDPTE registers of PAE paging, where transitions switch them. */
  setPdptes(entries: readonly bigint[]): Handler;
  /** DR7; the others stay in the processor. */
  dr7(): Handler<bigint>;
  setDr7(value: bigint): Handler;
  /** MSRs that lie with these registers; undefined for others. */
  switchedMsr(number: number): SwitchedMsr | undefined;
  /** MSRs of which the guest has the processor's own. */
  readonly passedThrough: ReadonlySet<number>;
  /** The guest's instruction is done: it goes on behind it. */
  advance(): Handler;
  /** It has been done in software, which has moved RIP. */
  completed(): Handler;
  /** The guest gets an exception at its present instruction. */
  inject(vector: number, errorCode?: number): Handler;
  /** It gets a page fault, which may make a double fault of the event that was being delivered. */
  injectPageFault(linear: bigint, errorCode: number): Handler;
  /** The exit came while an event was being delivered: the guest gets it once more. */
  reinject(): Handler;
  /** An event was being delivered when the exit came: software delivers it. Undefined: none was. */
  deliverInSoftware(): Handler<bigint | undefined>;
  /** Software may have changed where the guest's addresses lead: a virtual device, or an emulated instruction. */
  follow(): Handler;
}
