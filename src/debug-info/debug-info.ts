import type { LineTable, Lines } from '../program';
import { Frames, type CallerFrame } from './frames/frames';
import type { ImageLayout } from './layout';
import { DebugLines } from './lines/debug-lines';
import { LINES } from './lines/unit-lines';
import type { Location } from './locations/location';
import type { Machine } from './locations/machine';
import { ElfSections } from './reading/elf-sections';
import { Troubles } from './reading/troubles';
import { DebugFile } from './reading/unit';
import { sourceCandidates } from './source-candidates';
import { CompiledUnits } from './units/compiled-units';
import { Variables, type Variable } from './variables/variables';

const INFO = '.debug_info';

/** Of the places where a source may lie, the one at which it can be opened. */
export type FindSource = (candidates: readonly string[]) => string | undefined;

/** The first place: where nobody has looked. */
const AS_COMPILED: FindSource = ([first]) => first;

/**
 * The debug information of an ELF image: DWARF 2 to 5. Nothing of it is read before somebody asks. What is damaged is
 * not there, and `trouble` says why.
 */
export class DebugInfo {
  private readonly troubles = new Troubles();
  private readonly units: CompiledUnits | undefined;
  private readonly frames: Frames | undefined;
  private readonly variables: Variables | undefined;
  private readonly sources = new Map<string, string | undefined>();

  /** @param path the image's, beside which sources are looked for */
  constructor(
    bytes: Uint8Array,
    private readonly path: string,
    private readonly layout: ImageLayout,
    private readonly findSource: FindSource = AS_COMPILED,
  ) {
    const { guarded } = this.troubles;
    const sections = guarded(() => new ElfSections(bytes), undefined);
    const hasUnits = sections && (sections.has(LINES) || sections.has(INFO));
    const file = hasUnits && guarded(() => new DebugFile(sections), undefined);
    const { sourceAt } = this;
    this.frames = sections && new Frames(sections, this.troubles);
    this.units = file ? new CompiledUnits({ file, layout, sourceAt }, this.troubles) : undefined;
    this.variables = this.units && this.frames && new Variables(this.units, this.frames);
  }

  /** Variables and parameters of the function that is at an address: what hides another one stands before it. */
  localsAt(address: bigint): readonly Variable[] {
    return this.troubles.guarded(() => this.variables?.localsAt(address) ?? [], []);
  }

  /** Variables outside of functions, of the unit that an address is in. */
  globalsAt(address: bigint): readonly Variable[] {
    return this.troubles.guarded(() => this.variables?.globalsAt(address) ?? [], []);
  }

  /** Where a variable is, and what its type reads; undefined where that is damaged. @throws Unavailable */
  locate(variable: Variable, machine: Machine): Location | undefined {
    return this.troubles.guarded(() => variable.locate(machine), undefined);
  }

  /** What was found to be damaged first, for people. */
  get trouble(): string | undefined {
    return this.troubles.first;
  }

  /** Lines where there are some, and elsewhere what symbols tell. */
  linesBeside(symbols: LineTable): Lines {
    return this.units ? new DebugLines(this.units, symbols) : symbols;
  }

  /** The caller of an activation that is at an address; undefined where the compiler says nothing of it. */
  callerAt(address: bigint, machine: Machine): CallerFrame | undefined {
    return machine.bits === this.layout.bits ? this.frames?.caller(address, machine) : undefined;
  }

  /** Looks which sources there are; lines of others are not told. @param isThere whether a file can be opened */
  async findSources(isThere: (path: string) => Promise<boolean>): Promise<void> {
    for (const path of this.paths) {
      let found: string | undefined;
      for (const candidate of sourceCandidates(path, this.path)) {
        if (found === undefined && (await isThere(candidate))) found = candidate;
      }
      this.sources.set(path, found);
    }
  }

  /** The sources as the compiler has called them. */
  private get paths(): Set<string> {
    const { guarded } = this.troubles;
    const units = this.units?.all ?? [];
    return new Set(units.flatMap(({ lines }) => guarded(() => lines?.paths ?? [], [])));
  }

  private readonly sourceAt = (path: string): string | undefined => {
    if (!this.sources.has(path)) {
      this.sources.set(path, this.findSource(sourceCandidates(path, this.path)));
    }
    return this.sources.get(path);
  };
}
