import type { Access, PageFault, WalkStep } from '../../processor/paging/walk';
import type { World } from '../target';
import type { SecondLevelAccess, SecondLevelResult, SecondLevelStep } from '../techniques';
import { shadowReferences, traceShadow, type ShadowTrace } from './shadow-rows';

/** One walk of a guest-linear address, read from the tables themselves: what every view of it shows. */

/** How the processor itself reads an entry of the tables. */
const READ: SecondLevelAccess = { write: false, execute: false, user: false, pageWalk: true };

/** An access, as far as the walk of its page needs to know it. */
export interface TracedAccess extends Access {
  /** It reads, modifies and writes. */
  readonly update?: boolean;
}

/** A walk of the second level, where there is one. */
export interface SecondWalk {
  readonly name: string;
  entryName(level: number): string;
  readonly steps: readonly SecondLevelStep[];
  readonly result: SecondLevelResult | undefined;
}

/** An entry of the guest's tables, and how the processor comes to where it lies. */
export interface TracedStep {
  readonly step: WalkStep;
  readonly second: SecondWalk;
}

/** Where the processor gives up: at the second level of an entry's address, or of the page's, or at an entry. */
export type WalkStop =
  | { readonly at: 'second'; readonly step: number; readonly fault: SecondLevelFault }
  | { readonly at: 'final'; readonly fault: SecondLevelFault }
  | { readonly at: 'entry'; readonly step: number; readonly fault: PageFault };

type SecondLevelFault = Extract<SecondLevelResult, { kind: 'fault' }>;

/** Everything that one translation looks at, in order. */
export interface TranslationTrace {
  readonly linear: bigint;
  /** A debugger reads on where the processor does not: behind a page that is swapped out. */
  readonly steps: readonly TracedStep[];
  readonly fault: PageFault | undefined;
  readonly guestPhysical: bigint | undefined;
  /** log2 of the size of the page. */
  readonly pageShift: number | undefined;
  /** The second-level walk of the final guest-physical address. */
  readonly final: SecondWalk;
  readonly hostPhysical: number | undefined;
  /** What the processor walks, where that is not the guest's tables. */
  readonly shadow: ShadowTrace | undefined;
  readonly stop: WalkStop | undefined;
  /** Memory references that the processor's walk costs: paging-structure entries of both dimensions. */
  readonly references: number;
}

const NO_WALK: SecondWalk = { name: '', entryName: () => '', steps: [], result: undefined };

export function traceTranslation(
  world: World,
  linear: bigint,
  access: TracedAccess,
): TranslationTrace {
  const found: WalkStep[] = [];
  const result = world.memory.walkGuest(linear, access, (step) => found.push(step));
  const steps = found.map((step) => {
    const second = step.isRegister
      ? NO_WALK
      : secondWalk(world, step.entryAddress, { ...READ, linear });
    return { step, second };
  });
  const { translation, fault } = result;
  const guestPhysical = translation?.address;
  const final = translation
    ? secondWalk(world, translation.address, { ...access, linear, page: translation })
    : NO_WALK;
  const shadow = traceShadow(world, linear, access);
  const stop = stopOf(steps, fault, final);
  return {
    linear,
    steps,
    fault,
    guestPhysical,
    pageShift: found.length > 0 ? translation?.pageShift : undefined,
    final,
    hostPhysical: guestPhysical === undefined ? undefined : hostOf(guestPhysical, final),
    shadow,
    stop,
    references: shadow ? shadowReferences(shadow) : referencesUpTo(steps, final, stop),
  };
}

/** Without a second level guest-physical addresses are host-physical ones. */
function hostOf(guestPhysical: bigint, { result }: SecondWalk): number | undefined {
  if (!result) return Number(guestPhysical);
  return result.kind === 'translation' ? result.address : undefined;
}

function secondWalk(
  { memory }: World,
  guestPhysical: bigint,
  access: SecondLevelAccess,
): SecondWalk {
  const steps: SecondLevelStep[] = [];
  const { secondLevel } = memory;
  const result = secondLevel?.walk(guestPhysical, access, (step) => steps.push(step));
  const named = (level: number): string => secondLevel?.entryName(level) ?? '';
  return { name: secondLevel?.name ?? '', entryName: named, steps, result };
}

const faultOf = ({ result }: SecondWalk): SecondLevelFault | undefined =>
  result?.kind === 'fault' ? result : undefined;

function stopOf(
  steps: readonly TracedStep[],
  fault: PageFault | undefined,
  final: SecondWalk,
): WalkStop | undefined {
  for (const [step, { second }] of steps.entries()) {
    const unreachable = faultOf(second);
    if (unreachable) return { at: 'second', step, fault: unreachable };
  }
  if (fault) return { at: 'entry', step: steps.length - 1, fault };
  const beyond = faultOf(final);
  return beyond && { at: 'final', fault: beyond };
}

function referencesUpTo(
  steps: readonly TracedStep[],
  final: SecondWalk,
  stop: WalkStop | undefined,
): number {
  const reached = stop?.at === 'second' ? steps.slice(0, stop.step) : steps;
  const last = stop?.at === 'second' ? steps[stop.step]?.second : final;
  const ofSteps = reached.reduce(
    (sum, { step, second }) => sum + second.steps.length + (step.isRegister ? 0 : 1),
    0,
  );
  return ofSteps + (last?.steps.length ?? 0);
}
