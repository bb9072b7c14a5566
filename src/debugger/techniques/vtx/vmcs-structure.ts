import * as l10n from '@vscode/l10n';
import { fieldBits, fieldByName, fieldByEncoding, type FieldRow } from '../../../isa/vmx/fields';
import type { Processor } from '../../../processor/processor';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import type { Operation } from '../../../vmm';
import type { Row, ViewRequest } from '../../views/row';
import type { ControlStructure, StructureField } from '../technique';
import { fieldsOf, vmcsRows, type VmcsView } from './vmcs-rows';

/** The current VMCS, read from its region in host-physical memory. */
export class VmcsStructure implements ControlStructure {
  readonly name = 'VMCS';
  private readonly view: VmcsView;

  constructor(
    { vmx }: Processor,
    private readonly vmcs: Vmcs,
  ) {
    this.view = { vmcs, capabilities: vmx.capabilities, failures: vmx.entryFailures };
  }

  capture(): Map<string, bigint> {
    return new Map(fieldsOf(this.view).map((row) => [row.id, this.vmcs.read(row.encoding)]));
  }

  rows(
    request: ViewRequest,
    changedSince: (key: string) => boolean,
    before: (key: string) => bigint | undefined,
  ): Row[] {
    return vmcsRows(this.view, request, changedSince, before);
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
    const { vmcs } = this;
    return {
      id: row.id,
      name: row.name,
      width: fieldBits(row),
      ...(row.bits && { bits: row.bits }),
      read: () => vmcs.read(row.encoding),
      write: (value) => {
        vmcs.write(row.encoding, BigInt.asUintN(fieldBits(row), value));
      },
    };
  }
}
