import type { Dump, Format, Remark, Vendor } from '../dump';
import { DumpBuilder } from './builder';
import { logicalLines, type LogicalLine } from './logical-lines';
import { HvextText, isHvextLine, RingsideJson, syntaxDamage } from './named-fields';
import { remarksOf } from './remarks';
import { VmcbText } from './vmcb-text';
import { VmcsText } from './vmcs-text';
import { XenVmcbText } from './xen-vmcb-text';

/** What reads the lines of one dump. */
interface LineReader {
  take(line: LogicalLine): boolean;
  end(): void;
  beginsAnew(text: string): boolean;
}

interface Printer {
  readonly vendor: Vendor;
  readonly format: Format;
  /** What begins a dump. */
  readonly head: RegExp;
  /** A line that no other text has: it begins a dump whose head is missing. */
  readonly sure?: RegExp;
  readonly reader: (dump: DumpBuilder) => LineReader;
}

const PRINTERS: readonly Printer[] = [
  {
    vendor: 'intel',
    format: 'kvm',
    head: /\*\*\* Guest State \*\*\*/,
    sure: /CR[04]: actual=|\*\*\* (Host|Control) State \*\*\*|: +sel=0x[0-9a-f]{4}, attr=0x[0-9a-f]{5},|PinBased=|FSBase=|EntryControls=|VMEntry: intr_info=/,
    reader: (dump) => new VmcsText(dump),
  },
  {
    vendor: 'amd',
    format: 'kvm',
    head: /VMCB Control Area:/,
    sure: /VMCB State Save Area:|(?<!\w)cr_read: {5,}[0-9a-f]|msrpm_base_pa: {3,}[0-9a-f]|(?<!\w)cs: {1,4}s: [0-9a-f]{4} a: /,
    reader: (dump) => new VmcbText(dump),
  },
  {
    vendor: 'amd',
    format: 'xen',
    head: /Dumping guest's current state/,
    sure: /(?<!\w)cr_intercepts = 0x|general1_intercepts = 0x/,
    reader: (dump) => new XenVmcbText(dump),
  },
];

/** A member of our JSON, by which our JSON is known. */
const OURS =
  /"(?:(vmcs)|(vmcb)|((?:GUEST|HOST)_C[RS]\w*|VM_\w+|PIN_BASED_\w+|CPU_BASED_\w+)|(INTERCEPT_\w+|IOPM_BASE_PA|GUEST_ASID|EFER|CS_ATTRIB|CR[034]|RFLAGS))"\s*:/;

/** What a text says. */
export interface Reading {
  readonly dumps: readonly Dump[];
  /** A kernel that was told not to print its dumps says by which parameter it would. */
  readonly parameter: string | undefined;
}

/** Reads every dump of a text, whoever printed it. */
export function readDumps(text: string): Reading {
  const reader = new TextReader();
  for (const line of logicalLines(text)) reader.take(line);
  return reader.end(text);
}

class TextReader {
  private readonly dumps: DumpBuilder[] = [];
  private current:
    { dump: DumpBuilder; reader: LineReader; printer: Printer | undefined } | undefined;
  /** What was said before a dump begins. */
  private remarks: Remark[] = [];
  /** A debug key asks for the dumps of all: what was said of it once holds for each that follows. */
  private alive: Remark | undefined;
  private parameter: string | undefined;

  take(line: LogicalLine): void {
    this.parameter ??= /set (kvm_\w+\.dump_invalid_vmc[sb]=1)/.exec(line.text)?.[1];
    const head = this.headOf(line.text);
    if (head) this.begin(head, line);
    else if (this.current?.reader.beginsAnew(line.text)) this.begin(this.current.printer, line);
    if (this.current && line.prefix.includes('(XEN)')) this.current.dump.format = 'xen';
    const taken = this.current?.reader.take(line) ?? false;
    if (taken) return;
    const remarks = remarksOf(line);
    // The line that begins a dump speaks of it; others of the next one, or of the last.
    if (head && this.current) this.current.dump.remarks.push(...remarks);
    else this.remarks.push(...remarks);
  }

  end(text: string): Reading {
    if (this.current?.dump.format === 'ringside') {
      const syntax = syntaxDamage(text);
      if (syntax) this.current.dump.damages.push(syntax);
    }
    const last = this.dumps[this.dumps.length - 1];
    last?.remarks.push(...this.remarks);
    this.close();
    // JSON of something else has no field of ours.
    const said = this.dumps.filter(
      ({ size, damages, format }) => size + (format === 'ringside' ? 0 : damages.length) > 0,
    );
    const dumps = said.map((dump) => dump.build());
    return {
      dumps,
      parameter: this.parameter ?? (dumps.length === 0 ? this.failure() : undefined),
    };
  }

  /** The parameter by which a kernel prints what a QEMU without a dump has only the number of. */
  private failure(): string | undefined {
    const said = this.remarks.find((remark) => remark.kind === 'hardware-error');
    if (!said) return undefined;
    return said.error === 0xffff_ffffn
      ? 'kvm_amd.dump_invalid_vmcb=1'
      : 'kvm_intel.dump_invalid_vmcs=1';
  }

  private headOf(text: string): Printer | undefined {
    const printer = PRINTERS.find(({ head }) => head.test(text));
    if (printer) return printer;
    const ours = this.current ? null : OURS.exec(text);
    if (ours) return namedFields((ours[2] ?? ours[4]) ? 'amd' : 'intel', 'ringside');
    if (!this.current && isHvextLine(text)) return namedFields('intel', 'hvext');
    const sure = PRINTERS.find((each) => each.sure?.test(text));
    const same = sure && this.current?.dump.vendor === sure.vendor;
    return same ? undefined : sure;
  }

  private begin(printer: Printer | undefined, line: LogicalLine): void {
    if (!printer) return;
    this.close();
    const dump = new DumpBuilder(printer.vendor, printer.format, line.placeOf(0));
    const alive = this.remarks.find(({ kind }) => kind === 'alive');
    this.alive = alive ?? (this.remarks.length > 0 ? undefined : this.alive);
    dump.remarks.push(...this.remarks);
    if (!alive && this.alive) dump.remarks.push(this.alive);
    this.remarks = [];
    this.dumps.push(dump);
    this.current = { dump, reader: printer.reader(dump), printer };
  }

  private close(): void {
    this.current?.reader.end();
    this.current = undefined;
  }
}

const namedFields = (vendor: Vendor, format: 'ringside' | 'hvext'): Printer => ({
  vendor,
  format,
  head: /^/,
  reader: (dump) => (format === 'hvext' ? new HvextText(dump) : new RingsideJson(dump)),
});
