import type { AddressSpace } from '../memory';
import { DataBreakpoints, type DataBreakpoint } from './data-breakpoints';
import { PortBreakpoints, type PortBreakpoint } from './port-breakpoints';
import type { Reaction } from './reaction';
import { ValueBreakpoints, type ValueBreakpoint } from './value-breakpoints';
import { placeAt } from '../places/program-place';
import type { Present, Target } from '../target';

/** Where a breakpoint stands. */
export type BreakpointPlace =
  /** An instruction of the guest. `gva` is a linear address in whatever address space is active. */
  | {
      readonly kind: 'address';
      readonly space: AddressSpace;
      readonly address: bigint;
      /** Where the source that is meant was loaded: in another world another instruction may be at the address. */
      readonly load?: bigint | undefined;
      /** The number of the guest whose instruction it is; undefined: of any. */
      readonly guest?: number | undefined;
    }
  /** A line of the monitor's source. */
  | { readonly kind: 'monitor'; readonly file: string; readonly line: number };

/** A breakpoint, with what its texts mean. */
export interface Breakpoint extends Reaction {
  /** Any of them hits: a line inside a macro has one for each expansion. */
  readonly places: readonly BreakpointPlace[];
}

/** What somebody wants to see changing, or being accessed. */
export type Watchpoint = DataBreakpoint | ValueBreakpoint | PortBreakpoint;

/** A breakpoint at an address. */
interface Standing {
  readonly breakpoint: Breakpoint;
  readonly load: bigint | undefined;
}

/** Asked for at each step of the machine. */
const NONE: readonly number[] = [];

/** All breakpoints of a session, and the temporary ones of steps. They live outside guest memory. */
export class Breakpoints {
  private readonly groups = new Map<string, readonly Breakpoint[]>();
  private readonly hits = new Map<number, number>();
  private byAddress = new Map<string, Standing[]>();
  private byLine = new Map<string, Breakpoint[]>();
  private temporary: ReadonlySet<bigint> = new Set();
  private offsets: ReadonlySet<number> = new Set();
  private spaces: readonly AddressSpace[] = [];
  private disabled = false;
  /** Somebody looks where the past would have stopped: nothing is counted or printed. */
  peeking = false;
  /** Those on memory. */
  readonly data: DataBreakpoints;
  /** Those on what lies elsewhere. */
  readonly values: ValueBreakpoints;
  private readonly ports: PortBreakpoints;

  constructor(
    private readonly subject: Present,
    private readonly print: (text: string, breakpoint: Reaction) => void,
  ) {
    this.data = new DataBreakpoints(subject);
    this.values = new ValueBreakpoints(subject);
    this.ports = new PortBreakpoints(subject);
  }

  private get target(): Target {
    return this.subject.target;
  }

  /** No breakpoint counts from now on: a run without debugging. */
  disable(): void {
    this.disabled = true;
    this.tell();
  }

  /** Replaces the breakpoints of one origin (a source file, the function breakpoints, …). */
  replace(group: string, breakpoints: readonly Breakpoint[]): void {
    this.groups.set(group, breakpoints);
    this.byAddress = new Map();
    this.byLine = new Map();
    const spaces = new Set<AddressSpace>();
    for (const breakpoint of [...this.groups.values()].flat()) {
      for (const place of breakpoint.places) {
        if (place.kind === 'monitor') {
          push(this.byLine, `${place.file}:${String(place.line)}`, breakpoint);
        } else {
          spaces.add(place.space);
          const standing = { breakpoint, load: place.load };
          push(this.byAddress, key(place.space, place.address, place.guest), standing);
        }
      }
    }
    this.spaces = [...spaces];
    this.tell();
  }

  /** The same of data and other values. */
  watch(group: string, watchpoints: readonly Watchpoint[]): void {
    if (this.disabled) return;
    this.data.replace(
      group,
      watchpoints.filter((each) => 'address' in each),
    );
    this.values.replace(
      group,
      watchpoints.filter((each) => 'value' in each),
    );
    this.ports.replace(
      group,
      watchpoints.filter((each) => 'port' in each),
    );
  }

  /** Before a step of the machine: what it changes, and what it accesses at ports, is told behind it. */
  prepare(): void {
    this.values.prepare();
    this.ports.prepare();
  }

  /** The processors stop at somebody else's places, offsets within a page; undefined: at these breakpoints again. */
  lend(offsets: ReadonlySet<number> | undefined): void {
    this.lent = offsets !== undefined;
    this.target.computer.processor.setBreakpointOffsets(offsets ?? this.offsets);
  }

  private lent = false;

  /** Addresses that end the present step. */
  setTemporary(addresses: readonly bigint[]): void {
    if (addresses.length === 0 && this.temporary.size === 0) return;
    this.temporary = new Set(addresses);
    this.tell();
  }

  isTemporary(address: bigint): boolean {
    return this.temporary.has(address);
  }

  /** Breakpoints at the guest's instruction at a linear address that ask to stop; log points print. */
  hitAt(linear: bigint): number[] {
    const candidates = this.spaces.flatMap((space) => {
      const address = this.inSpace(space, linear);
      if (address === undefined) return [];
      const { number } = this.target;
      return [undefined, number].flatMap(
        (guest) => this.byAddress.get(key(space, address, guest)) ?? [],
      );
    });
    const here = candidates.filter(
      ({ load }) => load === undefined || this.isLoadedFrom(load, linear),
    );
    return this.evaluate([...new Set(here.map(({ breakpoint }) => breakpoint))]);
  }

  /** Under a hypervisor of the user's own each world has its own instruction at an address. */
  private isLoadedFrom(load: bigint, linear: bigint): boolean {
    const { target } = this;
    if (target.monitor || target.host === undefined) return true;
    const place = placeAt(target, linear);
    return place !== undefined && place.entry.load + (place.address - place.entry.address) === load;
  }

  /** The same for a line of the monitor's source. */
  hitAtLine(file: string, line: number): number[] {
    return this.evaluate(this.byLine.get(`${file}:${String(line)}`) ?? []);
  }

  /** Breakpoints on data and values that were hit since somebody asked, and that ask to stop. */
  takeWatched(): readonly number[] {
    const stores = this.data.take();
    const ids = stores.length === 0 ? NONE : this.evaluate(stores);
    const changes = this.takeChanges();
    return changes.length === 0 ? ids : [...ids, ...changes];
  }

  /** Those on values and ports alone, which count behind operations of a monitor, too. */
  takeChanges(): readonly number[] {
    if (!this.values.any && !this.ports.any) return NONE;
    return this.evaluate([...this.values.take(), ...this.ports.take()]);
  }

  get hasMonitorBreakpoints(): boolean {
    return !this.disabled && this.byLine.size > 0;
  }

  private inSpace(space: AddressSpace, linear: bigint): bigint | undefined {
    if (space === 'gva') return linear;
    if (space === 'gpa') return this.target.code.memory.guestPhysical(linear);
    const host = this.target.code.memory.hostAddress('gva', linear);
    return host === undefined ? undefined : BigInt(host);
  }

  private evaluate(candidates: readonly Reaction[]): number[] {
    if (this.disabled) return [];
    const stopping: number[] = [];
    for (const breakpoint of candidates) {
      const { condition, hitCondition, logMessage } = breakpoint;
      if (condition && !condition()) continue;
      if (this.peeking) {
        if (logMessage === undefined) stopping.push(breakpoint.id);
        continue;
      }
      const hits = (this.hits.get(breakpoint.id) ?? 0) + 1;
      this.hits.set(breakpoint.id, hits);
      if (hitCondition && !hitCondition(hits)) continue;
      if (logMessage === undefined) stopping.push(breakpoint.id);
      else this.print(logMessage(), breakpoint);
    }
    return stopping;
  }

  /** The processor needs to know only the offsets within a page; the rest is compared here. */
  private tell(): void {
    const offsets = new Set([...this.temporary].map(pageOffset));
    for (const { breakpoint } of this.disabled ? [] : [...this.byAddress.values()].flat()) {
      for (const place of breakpoint.places) {
        if (place.kind === 'address') offsets.add(pageOffset(place.address));
      }
    }
    const same =
      offsets.size === this.offsets.size && [...offsets].every((o) => this.offsets.has(o));
    if (same) return;
    this.offsets = offsets;
    if (!this.lent) this.target.computer.processor.setBreakpointOffsets(offsets);
  }
}

const pageOffset = (address: bigint): number => Number(address & 0xfffn);
const key = (space: AddressSpace, address: bigint, guest: number | undefined): string =>
  `${space}:${address.toString(16)}:${String(guest)}`;

function push<K, V>(map: Map<K, V[]>, at: K, value: V): void {
  const list = map.get(at);
  if (list) list.push(value);
  else map.set(at, [value]);
}
