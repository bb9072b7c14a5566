import type { Bus } from './bus';
import type { EngineKind } from './execution/engine';
import type { PhysicalMemory } from './physical-memory';
import { Processor, type SharedParts } from './processor';
import { DEFAULT_PROFILE } from './profile/default';
import type { Profile } from './profile/profile';
import { SvmUnit } from './svm/unit';
import { VmxUnit } from './vmx/unit';

/**
 * The processor of the simulated computer, with the virtualization that it has.
 *
 * @param shared what it has in common with another processor that works on the same memory
 */
export function createProcessor(
  physical: PhysicalMemory,
  bus: Bus,
  engine?: EngineKind,
  profile: Profile = DEFAULT_PROFILE,
  shared?: SharedParts,
): Processor {
  const units = {
    vmx: (cpu: Processor) => new VmxUnit(cpu, profile.vmx),
    svm: (cpu: Processor) => new SvmUnit(cpu, profile.svm),
  };
  return new Processor(physical, bus, units, engine, profile, shared);
}
