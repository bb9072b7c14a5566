import type { Target } from './target';

/** Where a breakpoint stands. */
export type BreakpointPlace =
  /** An instruction of the guest, by linear address. */
  | { readonly kind: 'address'; readonly address: bigint }
  /** A line of the monitor's source. */
  | { readonly kind: 'monitor'; readonly file: string; readonly line: number };

/** A breakpoint. Conditions and messages are evaluated by whoever owns the expression language. */
export interface Breakpoint {
  readonly id: number;
  readonly place: BreakpointPlace;
  /** Must be true (not zero) for the breakpoint to count as hit. */
  readonly condition?: string | undefined;
  /** `N` or `>= N`, `== N`, `% N`, …: compared with the number of hits. */
  readonly hitCondition?: string | undefined;
  /** Printed instead of stopping; {expressions} in braces. */
  readonly logMessage?: string | undefined;
}

/** Evaluates a condition or a log message's expression at the present state. */
export interface ConditionEvaluator {
  condition(expression: string): boolean;
  message(template: string): string;
}

const HIT_CONDITION = /^\s*(>=|<=|==|=|>|<|%)?\s*(\d+)\s*$/;

/** @returns undefined for what is no hit condition */
export function parseHitCondition(text: string): ((hits: number) => boolean) | undefined {
  const match = HIT_CONDITION.exec(text);
  if (!match) return undefined;
  const n = Number(match[2]);
  switch (match[1]) {
    case '>':
      return (hits) => hits > n;
    case '<':
      return (hits) => hits < n;
    case '<=':
      return (hits) => hits <= n;
    case '==':
    case '=':
      return (hits) => hits === n;
    case '%':
      return (hits) => n > 0 && hits % n === 0;
    default:
      return (hits) => hits >= n;
  }
}

/** All breakpoints of a session, and the temporary ones of steps. They live outside guest memory. */
export class Breakpoints {
  private readonly groups = new Map<string, readonly Breakpoint[]>();
  private readonly hits = new Map<number, number>();
  private byAddress = new Map<bigint, Breakpoint[]>();
  private byLine = new Map<string, Breakpoint[]>();
  private temporary: ReadonlySet<bigint> = new Set();

  constructor(
    private readonly target: Target,
    private readonly print: (text: string, breakpoint: Breakpoint) => void,
    private readonly evaluator: ConditionEvaluator,
  ) {}

  /** Replaces the breakpoints of one origin (a source file, the function breakpoints, …). */
  replace(group: string, breakpoints: readonly Breakpoint[]): void {
    this.groups.set(group, breakpoints);
    this.byAddress = new Map();
    this.byLine = new Map();
    for (const breakpoint of [...this.groups.values()].flat()) {
      const { place } = breakpoint;
      if (place.kind === 'address') push(this.byAddress, place.address, breakpoint);
      else push(this.byLine, `${place.file}:${String(place.line)}`, breakpoint);
    }
    this.tell();
  }

  /** Addresses that end the present step. */
  setTemporary(addresses: readonly bigint[]): void {
    if (addresses.length === 0 && this.temporary.size === 0) return;
    this.temporary = new Set(addresses);
    this.tell();
  }

  isTemporary(address: bigint): boolean {
    return this.temporary.has(address);
  }

  /** Breakpoints at the guest's present instruction that ask to stop; log points print. */
  hitAt(address: bigint): number[] {
    return this.evaluate(this.byAddress.get(address) ?? []);
  }

  /** The same for a line of the monitor's source. */
  hitAtLine(file: string, line: number): number[] {
    return this.evaluate(this.byLine.get(`${file}:${String(line)}`) ?? []);
  }

  get hasMonitorBreakpoints(): boolean {
    return this.byLine.size > 0;
  }

  private evaluate(candidates: readonly Breakpoint[]): number[] {
    const stopping: number[] = [];
    for (const breakpoint of candidates) {
      if (breakpoint.condition && !this.evaluator.condition(breakpoint.condition)) continue;
      const hits = (this.hits.get(breakpoint.id) ?? 0) + 1;
      this.hits.set(breakpoint.id, hits);
      const wanted = breakpoint.hitCondition && parseHitCondition(breakpoint.hitCondition);
      if (wanted && !wanted(hits)) continue;
      if (breakpoint.logMessage === undefined) stopping.push(breakpoint.id);
      else this.print(this.evaluator.message(breakpoint.logMessage), breakpoint);
    }
    return stopping;
  }

  /** The processor needs to know only the offsets within a page; the rest is compared here. */
  private tell(): void {
    const offsets = [...this.byAddress.keys(), ...this.temporary].map((a) => Number(a & 0xfffn));
    this.target.computer.processor.setBreakpointOffsets(new Set(offsets));
  }
}

function push<K>(map: Map<K, Breakpoint[]>, key: K, value: Breakpoint): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
