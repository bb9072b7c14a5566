import * as l10n from '@vscode/l10n';
import { vmcbField, vmcbFieldAt } from '../../../isa/svm/vmcb';
import type { Processor } from '../../../processor/processor';
import { failuresOf } from '../../../processor/svm/vmrun-failures';
import type { Vmcb } from '../../../processor/svm/vmcb';
import type { Operation } from '../../../vmm';
import type { Row, ViewRequest } from '../../views/row';
import type { ControlStructure, StructureField } from '../technique';
import { vmcbRows } from './vmcb-rows';
import type { VmcbWriters } from './vmcb-writers';
import { SHOWN_FIELDS, type FieldRow, type VmcbView } from './vmcb-view';

/** What is known of a VMCB beside its page. */
export interface VmcbSurroundings {
  /** Whether the guest runs: its state is not in the VMCB then. */
  readonly inGuest: boolean;
  /** Whether a guest has run by it. */
  readonly hasRun: boolean;
  readonly writers: VmcbWriters;
  placeName(address: bigint): string;
}

/** A VMCB, read from its page of host-physical memory. */
export class VmcbStructure implements ControlStructure {
  readonly name = 'VMCB';
  readonly title = l10n.t('VMCB');
  private readonly view: VmcbView;

  constructor(
    { svm, state }: Processor,
    private readonly vmcb: Vmcb,
    private readonly around: VmcbSurroundings,
  ) {
    const { inGuest, hasRun, writers } = around;
    this.view = {
      vmcb,
      hasRun,
      failures: hasRun ? svm.entryFailures : [],
      nextVmrun: () => (inGuest ? undefined : failuresOf(vmcb, svm.capabilities, state.paging)),
      lastWrite: (row) => writers.last(vmcb.address, row),
      placeName: (address) => around.placeName(address),
    };
  }

  get address(): number {
    return this.vmcb.address;
  }

  capture(): Map<string, bigint> {
    return new Map(SHOWN_FIELDS.map(({ id }) => [id, this.vmcb.read(id)]));
  }

  rows(
    request: ViewRequest,
    changedSince: (key: string) => boolean,
    before: (key: string) => bigint | undefined,
  ): Row[] {
    return vmcbRows(this.view, request, { changed: changedSince, before });
  }

  edit(request: ViewRequest, value: bigint): void {
    const id = (request.node ?? '').split('/')[1];
    const field = id === undefined ? undefined : this.field(id);
    if (!field) throw new RangeError(l10n.t('this row cannot be edited'));
    field.write(value);
  }

  field(name: string): StructureField | undefined {
    const row = vmcbField(name);
    return row && this.fieldOf(row);
  }

  get fields(): readonly StructureField[] {
    return SHOWN_FIELDS.map((row) => this.fieldOf(row));
  }

  /** Stores of a program are no operations. */
  touched(operations: readonly Operation[]): readonly StructureField[] {
    const offsets = new Set(operations.flatMap(({ fields }) => fields));
    return [...offsets].flatMap((offset) => {
      const row = vmcbFieldAt(offset);
      return row ? [this.fieldOf(row)] : [];
    });
  }

  private fieldOf({ id, name, offset, width, bits }: FieldRow): StructureField {
    const { vmcb, around } = this;
    return {
      id,
      name,
      width,
      ...(bits && { bits }),
      read: () => vmcb.read(id),
      write: (value) => {
        vmcb.write(id, BigInt.asUintN(width, value));
        around.writers.note(vmcb.address + offset, width / 8, { kind: 'person' });
      },
    };
  }
}
