import type { Bus } from '../processor/bus';
import { createProcessor } from '../processor/create-processor';
import { MemoryCaches } from '../processor/execution/memory-caches';
import type { EngineKind } from '../processor/execution/engine';
import { ApicBase } from '../isa/registers/msr-fields';
import { Msr } from '../isa/registers/msr';
import type { PhysicalMemory } from '../processor/physical-memory';
import type { Processor } from '../processor/processor';
import type { Profile } from '../processor/profile/profile';
import { apicOf, type ProcessorApic } from './processor-apic';

/** The processors of a computer: first the bootstrap processor. */
export type Processors = readonly [Processor, ...Processor[]];

/** As many as firmware's tables have room for. */
export const MOST_PROCESSORS = 8;

export interface ProcessorParts {
  readonly memory: PhysicalMemory;
  /** What a processor reaches outside. */
  readonly busOf: (number: number) => Bus;
  readonly engine: EngineKind | undefined;
  readonly profile: Profile | undefined;
}

/** Processors that share a memory. All but the first wait until that starts them. */
export function createProcessors(count: number, parts: ProcessorParts): Processors {
  const { memory, busOf, engine, profile } = parts;
  const caches = new MemoryCaches(memory);
  const first = createProcessor(memory, busOf(0), engine, profile, { caches });
  const { progress } = first;
  const others = Array.from({ length: count - 1 }, (_, n) => {
    const number = n + 1;
    const shared = { caches: caches.forFurther(memory.placeOf(number)), progress };
    const processor = createProcessor(memory, busOf(number), engine, profile, shared);
    const { state } = processor;
    state.setMsr(Msr.APIC_BASE, state.msr(Msr.APIC_BASE) & ~ApicBase.BSP);
    state.activity = 'wait-for-SIPI';
    return processor;
  });
  const all: Processors = [first, ...others];
  all.forEach(({ state }, number) => {
    state.place = { number, of: count };
  });
  return all;
}

/** What of them belongs to their local APICs. */
export function apicsOf(count: number, processors: () => Processors): ProcessorApic[] {
  return Array.from({ length: count }, (_, number) => {
    const own = (): Processor => processors()[number] ?? processors()[0];
    return Object.assign(
      apicOf(() => own().state),
      {
        receive: (signal: Parameters<Processor['receive']>[0]) => {
          own().receive(signal);
        },
      },
    );
  });
}
