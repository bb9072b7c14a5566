import { Msr } from '../../isa/registers/msr';
import type { ApicRegisters } from '../../processor/bus';
import type { EngineKind } from '../../processor/execution/engine';
import { SoftwareProcessor } from '../emulator/software-processor';
import { guestProfile } from '../guest-profile';
import type { Host } from '../host/host';
import { VcpuArea } from '../vcpu';

/** The guest's local APIC, as far as MSRs reach it: it has no x2APIC mode. */
const localApic = (host: Host): ApicRegisters => ({
  read: () => undefined,
  write: () => false,
  reset: () => undefined,
  initialize: () => undefined,
  baseChanged: () => {
    const base = host.software?.state.msr(Msr.APIC_BASE);
    if (base !== undefined) host.placeVirtualApic(base);
  },
  timeStampChanged: () => undefined,
});

export interface SoftwareProcessorOptions {
  readonly engine?: EngineKind;
  /** Whether writes to a frame have to be seen; see `SoftwareProcessorParts`. */
  readonly isTraced?: (frame: number) => boolean;
  /** Hypercalls that CPUID tells of. */
  readonly calls?: readonly number[];
}

/**
 * Gives the guest of a host a processor in software.
 *
 * @param frame host-physical address of the frame for its registers
 */
export function softwareProcessor(
  host: Host,
  frame: number,
  { engine, isTraced, calls }: SoftwareProcessorOptions,
): SoftwareProcessor {
  const { computer, bus, guestMemory: memory } = host;
  const { processor } = computer;
  const area = new VcpuArea(computer.memory, frame, guestProfile(processor.state.profile, calls));
  const ports = {
    readPort: (port: number, bytes: 1 | 2 | 4) => host.deviceRead(port, bytes),
    writePort: (port: number, bytes: 1 | 2 | 4, value: number) => {
      host.deviceWrite(port, bytes, value);
    },
    ferr: (pending: boolean) => host.virtual.coprocessorError.ferr(pending),
    apic: localApic(host),
  };
  host.software = new SoftwareProcessor({
    host: processor,
    area,
    memory,
    bus,
    ports,
    engine,
    isTraced,
  });
  return host.software;
}
