import type { Bus } from './bus';
import type { EngineKind } from './engine';
import type { PhysicalMemory } from './physical-memory';
import { Processor } from './processor';
import { VMX_CAPABILITIES } from './system/capabilities';
import { VmxUnit } from './vmx/unit';

/** The processor of the simulated computer, with the virtualization that it has. */
export function createProcessor(
  physical: PhysicalMemory,
  bus: Bus,
  engine?: EngineKind,
): Processor {
  return new Processor(physical, bus, { vmx: (cpu) => new VmxUnit(cpu, VMX_CAPABILITIES) }, engine);
}
