import * as l10n from '@vscode/l10n';
import { pagingOf } from '../registers/registers';
import type { Target } from '../target';
import { hex } from '../views/row';
import type { Owner, WorldKind } from './picture';

/** Who has what of the processor at this moment. */
export function ownersOf(target: Target): Owner[] {
  return [
    cr3Of(target),
    ...secondOf(target),
    idtOf(target),
    ...structureOf(target),
    devicesOf(target),
  ];
}

/** Whose a register of the processor's is: a guest has its own, or what somebody has put in its place. */
function ownerOf(target: Target, isGuests: boolean): Pick<Owner, 'kind' | 'owner'> {
  const { side, vm } = target;
  if (side === 'bare') return { kind: 'host', owner: l10n.t('the program') };
  if (side === 'hypervisor') return hostOf(target);
  const isSoftware = vm?.software !== undefined || vm?.monitor.technique.name === 'emulate';
  return side === 'guest' && isGuests && !isSoftware
    ? { kind: 'guest', owner: l10n.t('the guest') }
    : hostOf(target);
}

const hostOf = ({ vm }: Target): { kind: WorldKind; owner: string } => ({
  kind: 'host',
  owner: vm ? l10n.t('the VMM') : l10n.t('the hypervisor'),
});

/** What a register is beside the processor's own value, where that is another one. */
const beside = (name: string, real: bigint, believed: bigint): string =>
  real === believed ? '' : l10n.t('The guest’s own {0} is {1}.', name, hex(believed));

function cr3Of(target: Target): Owner {
  const { cpu, guest, technique } = target;
  const real = cpu.state.cr3;
  const believed = guest.controlRegister(3);
  const off = !cpu.state.paging;
  const shadow = target.side === 'guest' && technique.shadowPaging !== undefined;
  const about = shadow
    ? l10n.t('The processor walks shadow tables that the VMM has made.')
    : l10n.t('Where the processor begins to walk page tables.');
  return {
    id: 'cr3',
    name: 'CR3',
    value: off ? l10n.t('no paging') : hex(real),
    ...ownerOf(target, !shadow && real === believed),
    note: `${about} ${beside('CR3', real, pagingOf(guest).paging ? believed : real)}`.trim(),
    opens: 'translation',
  };
}

/** What translates the guest's physical addresses. */
function secondOf(target: Target): Owner[] {
  const { secondLevel } = target.technique;
  if (!secondLevel) return [];
  const { name, root, inSoftware } = secondLevel;
  const state = inSoftware
    ? l10n.t('only software reads it')
    : target.side === 'guest'
      ? l10n.t('on')
      : l10n.t('off while the VMM runs');
  return [
    {
      id: 'second',
      name,
      value: hex(root),
      ...hostOf(target),
      note: l10n.t('Leads from the guest’s physical addresses to the host’s: {0}.', state),
      opens: 'translation',
    },
  ];
}

function idtOf(target: Target): Owner {
  const { cpu, guest } = target;
  const { base } = cpu.state.idtr;
  return {
    id: 'idt',
    name: 'IDT',
    value: hex(base),
    ...ownerOf(target, base === guest.idtr.base),
    note: `${l10n.t('Where interrupts and exceptions find their handlers.')} ${beside('IDT', base, guest.idtr.base)}`.trim(),
    opens: 'registers',
  };
}

function structureOf(target: Target): Owner[] {
  const { structure } = target.technique;
  if (!structure) return [];
  return [
    {
      id: 'structure',
      name: structure.name,
      value: hex(structure.address),
      ...hostOf(target),
      note: l10n.t(
        'What the guest’s state is kept in while it does not run, and what makes it exit.',
      ),
      opens: 'vmcs',
    },
  ];
}

function devicesOf(target: Target): Owner {
  const { vm, side } = target;
  const devices = { id: 'devices', name: l10n.t('Devices'), value: '' } as const;
  if (vm) {
    const note = l10n.t('The guest’s ports and devices are software of the VMM.');
    return { ...devices, value: l10n.t('virtual'), ...hostOf(target), note, opens: 'machines' };
  }
  const note =
    side === 'bare'
      ? l10n.t('The program’s IN and OUT reach the computer’s devices.')
      : l10n.t(
          'The guest’s IN and OUT reach the computer’s devices where the hypervisor lets them.',
        );
  const value = l10n.t('the computer’s');
  return { ...devices, value, kind: 'hardware', owner: l10n.t('hardware'), note, opens: 'exits' };
}
