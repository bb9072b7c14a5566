import * as l10n from '@vscode/l10n';
import { fieldBits, fieldByName, fieldByEncoding, type FieldRow } from '../../../isa/vmx/fields';
import type { Processor } from '../../../processor/processor';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import type { Operation } from '../../../vmm';
import type { Row, ViewRequest } from '../../views/row';
import type { ControlStructure, StructureField } from '../technique';
import type { FieldWriters } from './field-writers';
import { nextEntry } from './next-entry';
import { vmcsRows } from './vmcs-rows';
import { fieldsOf, type VmcsView } from './vmcs-view';

/** What is known of a VMCS beside its region. */
export interface VmcsSurroundings {
  readonly writers: FieldWriters;
  /** Whether the guest runs: its state is not in the VMCS then. */
  readonly inGuest: boolean;
  /** Whether the processor's next instruction may be the VM entry. */
  readonly inProgram: boolean;
  placeName(address: bigint): string;
}

/** The current VMCS, read from its region in host-physical memory. */
export class VmcsStructure implements ControlStructure {
  readonly name = 'VMCS';
  private readonly view: VmcsView;

  constructor(
    cpu: Processor,
    private readonly vmcs: Vmcs,
    private readonly around: VmcsSurroundings,
  ) {
    const { capabilities, entryFailures: failures } = cpu.vmx;
    this.view = {
      vmcs,
      capabilities,
      failures,
      nextEntry: () => (around.inGuest ? undefined : nextEntry(cpu, vmcs, around.inProgram)),
      lastWrite: ({ encoding }) => around.writers.last(vmcs.address, encoding, vmcs.read(encoding)),
      placeName: (address) => around.placeName(address),
    };
  }

  get address(): number {
    return this.vmcs.address;
  }

  capture(): Map<string, bigint> {
    return new Map(fieldsOf(this.view).map((row) => [row.id, this.vmcs.read(row.encoding)]));
  }

  rows(
    request: ViewRequest,
    changedSince: (key: string) => boolean,
    before: (key: string) => bigint | undefined,
  ): Row[] {
    return vmcsRows(this.view, request, { changed: changedSince, before });
  }

  /** As VMWRITE would, whoever has control. */
  edit(request: ViewRequest, value: bigint): void {
    const id = (request.node ?? '').split('/')[1];
    const field = id === undefined ? undefined : this.field(id);
    if (!field) throw new RangeError(l10n.t('this row cannot be edited'));
    field.write(value);
  }

  field(name: string): StructureField | undefined {
    const row = fieldByName(name);
    return row && this.fieldOf(row);
  }

  get fields(): readonly StructureField[] {
    return fieldsOf(this.view).map((row) => this.fieldOf(row));
  }

  touched(operations: readonly Operation[]): readonly StructureField[] {
    const encodings = new Set(operations.flatMap(({ fields }) => fields));
    return [...encodings].flatMap((encoding) => {
      const row = fieldByEncoding(encoding);
      return row ? [this.fieldOf(row)] : [];
    });
  }

  private fieldOf(row: FieldRow): StructureField {
    const { vmcs, around } = this;
    return {
      id: row.id,
      name: row.name,
      width: fieldBits(row),
      ...(row.bits && { bits: row.bits }),
      read: () => vmcs.read(row.encoding),
      write: (value) => {
        const written = BigInt.asUintN(fieldBits(row), value);
        vmcs.write(row.encoding, written);
        around.writers.note(vmcs.address, row.encoding, written, { kind: 'person' });
      },
    };
  }
}
