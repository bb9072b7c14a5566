import { Cost } from '../cost';
import type { Host } from '../host/host';
import { instruction } from '../instruction';
import type { SoftwareProcessor } from '../emulator/software-processor';
import type { StartState } from '../../processor/state/start-state';
import { gprName } from '../../isa/registers/general';
import { MonitorError } from '../host/host';
import { fetchedText } from './fetched';

/** The operations of a monitor that executes its guest in software. */

/** @throws MonitorError where there is none */
export const softwareOf = (host: Host): SoftwareProcessor => {
  if (!host.software) throw new MonitorError('there is no processor in software');
  return host.software;
};

/** How an instruction has ended: what `execute` gives. */
export const Outcome = {
  /** It is done, or an event that it raised is on its way: the guest goes on at its RIP. */
  DONE: 0n,
  /** HLT: the guest waits for an interrupt. */
  HALTED: 1n,
  /** VMCALL, past which the guest is: it asks the monitor for a service. */
  HYPERCALL: 2n,
  /** A third fault. */
  SHUTDOWN: 3n,
} as const;

/** Puts the registers with which the guest begins into its area. */
export const startVcpu = instruction('MOV', Cost.GPR_BLOCK, {
  perform: (host: Host, start: StartState) => {
    softwareOf(host).start(start);
    host.beginSoftware();
  },
  operands: () => ['[vcpu]', 'the registers at power-on'],
});

/** The bytes at the guest's RIP, as `unpackFetched` takes them apart; none where they cannot be fetched. */
export const fetch = instruction('fetch', Cost.MEMORY, {
  perform: (host: Host) => softwareOf(host).fetch(),
  operands: () => ['[vcpu.rip]'],
});

/** What instruction they are. The result is its length, 0 where it is none. */
export const decode = instruction('decode', Cost.SOFTWARE, {
  perform: (host: Host, _fetched: bigint) => BigInt(softwareOf(host).decode()),
  operands: (fetched) => [fetchedText(fetched)],
});

/** Executes it over the virtual processor's registers and the guest's memory; an exception goes to the guest. */
export const execute = instruction('execute', Cost.EMULATION, {
  perform: (host: Host, _fetched: bigint) => {
    if (host.takeMappingsChanged()) {
      softwareOf(host).forgetMappings();
      // The processor itself goes on with such a guest later, and nobody will ask again.
      if (host.deprivileged) host.cpu.flushWorld(0);
    }
    const stop = softwareOf(host).execute();
    switch (stop.kind) {
      case 'raised':
        host.undone = stop;
        return Outcome.DONE;
      case 'not-implemented':
        host.undone = stop;
        return Outcome.DONE;
      case 'halt':
        return Outcome.HALTED;
      case 'hypercall':
        host.tally.hypercalls++;
        return Outcome.HYPERCALL;
      case 'triple-fault':
        return Outcome.SHUTDOWN;
      default:
        return Outcome.DONE;
    }
  },
  operands: (fetched) => [fetchedText(fetched)],
});

/** Whether the guest's monitor has a hypercall, beside those that each has: 1, or 0. */
export const offersCall = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host, number: bigint) => (host.paravirt?.offers(number) ? 1n : 0n),
  operands: (number) => [['hypercall', number]],
});

/** Whether the virtual processor takes an interrupt now: 1, or 0 with IF = 0 and in the shadow of STI and MOV SS. */
export const acceptsInterrupts = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (softwareOf(host).acceptsInterrupts ? 1n : 0n),
  operands: () => ['[vcpu.rflags.IF]'],
});

/** Whether IF is set in the virtual processor's RFLAGS: 1, or 0. */
export const interruptsEnabled = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (softwareOf(host).interruptsEnabled ? 1n : 0n),
  operands: () => ['[vcpu.rflags.IF]'],
});

/** Delivers an interrupt through the guest's IDT. */
export const deliverInterrupt = instruction('deliver', Cost.EMULATED_EVENT, {
  perform: (host: Host, vector: bigint) => {
    const stop = softwareOf(host).interrupt(Number(vector));
    if (stop?.kind === 'not-implemented') host.undone = stop;
    return stop?.kind === 'triple-fault' ? Outcome.SHUTDOWN : Outcome.DONE;
  },
  operands: (vector) => [['interrupt', vector]],
});

/** A register of the virtual processor (0 = RAX … 15 = R15). */
export const readRegister = instruction('MOV', Cost.GPR, {
  perform: (host: Host, index: number) => softwareOf(host).state.gpr(index),
  operands: (index) => ['…', registerText(index)],
});

export const writeRegister = instruction('MOV', Cost.GPR, {
  perform: (host: Host, index: number, value: bigint) => {
    softwareOf(host).state.setGpr(index, value);
  },
  operands: (index, value) => [registerText(index), value],
});

const registerText = (index: number): string => `[vcpu.${gprName(index, 64).toUpperCase()}]`;

/** Accepts what the host's interrupt controller requests: 1, or 0 when it requests nothing. */
export const acknowledgeHostInterrupt = instruction('acknowledge', Cost.SOFTWARE, {
  perform: ({ computer: { platform } }: Host) => {
    if (!platform.interruptRequested) return 0n;
    platform.acknowledgeInterrupt();
    return 1n;
  },
  operands: () => ['host INTR'],
});
