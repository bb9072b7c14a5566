import * as l10n from '@vscode/l10n';
import { clauses, labelled } from '../../isa/phrases';
import { GUEST_RAM, type Hosting } from '../../vmm';
import type { Target } from '../target';
import { pageStateText } from './process-rows';
import { whereIs, whereText } from '../places/where';
import { pagingOf } from '../registers/registers';
import { deviceName, endReason, obstacleText } from '../words/ends';
import { modeWords } from '../words/modes';
import { group, hex, leaf, type Row, type View, type ViewRequest } from './row';

/** The computer's virtual machines: whose turn it is, and what each consists of. */

/** The guests of one computer. */
export interface Machines {
  readonly targets: readonly Target[];
  readonly names: readonly string[];
}

const PAGE = 4096n;
/** Guest-physical pages of which it is shown where they lie. */
const SHOWN_PAGES = 8n;
const MIB = 2 ** 20;
const NODE = /^vm\/(\d+)(?:\/(vcpu|memory|devices))?$/;

export function machineRows({ targets, names }: Machines, { node = '' }: ViewRequest): View {
  if (node === '') {
    const [first] = targets;
    if (!first?.vm) return { rows: [], message: nothing() };
    const rows = targets.map((target) => machineRow(target, nameOf(target, names)));
    return { rows, summary: first.technique.name };
  }
  const [, number, part] = NODE.exec(node) ?? [];
  const target = targets[Number(number)];
  if (!target?.vm) return { rows: [] };
  switch (part) {
    case undefined:
      return { rows: parts(node, target) };
    case 'vcpu':
      return { rows: processorRows(node, target) };
    case 'memory':
      return { rows: memoryRows(node, target) };
    default:
      return { rows: deviceRows(node, target) };
  }
}

const nothing = (): string =>
  l10n.t('There is no virtual machine: the program has the bare computer.');

const nameOf = ({ number }: Target, names: readonly string[]): string =>
  names[number] ?? l10n.t('guest');

/** What a virtual machine is doing, as far as others are concerned. */
function turnOf(target: Target): string {
  const { machine, number } = target;
  const end = machine.endOf(number);
  if (end) return l10n.t('has ended: {0}', endReason(end, target.technique.exits));
  if (machine.vms?.scheduler.isResting(number)) return l10n.t('waits for an interrupt');
  return target.isPresent ? l10n.t('has the processor') : l10n.t('waits for its turn');
}

function machineRow(target: Target, name: string): Row {
  const icon = target.isPresent ? 'vm-running' : 'vm-outline';
  const id = `vm/${String(target.number)}`;
  return group(id, name, true, { description: turnOf(target), icon });
}

function parts(node: string, target: Target): Row[] {
  const { vm } = target;
  const size = (vm?.guestMemory.size ?? 0) / MIB;
  return [
    group(`${node}/vcpu`, `vCPU ${String(vm?.host.place.processor ?? 0)}`, false, {
      description: clauses(...modeWords(target.guest), placeText(target)),
      icon: 'chip',
    }),
    group(`${node}/memory`, l10n.t('Memory'), false, {
      description: l10n.t('{0} MB', size),
      icon: 'database',
    }),
    group(`${node}/devices`, l10n.t('Devices'), false, { icon: 'circuit-board' }),
  ];
}

function placeText(target: Target): string {
  const { memory, programs, firmware, guest: registers } = target;
  return whereText(whereIs({ registers, memory, known: { programs, firmware } }));
}

function processorRows(node: string, target: Target): Row[] {
  const { vm, technique, trace, guest } = target;
  const row = (id: string, label: string, text: string, tooltip?: string): Row =>
    leaf(`${node}/${id}`, label, text, tooltip === undefined ? {} : { tooltip });
  const rows = [
    row('turn', l10n.t('turn'), turnOf(target)),
    row('place', l10n.t('next instruction'), placeText(target)),
    row('mode', l10n.t('mode'), clauses(...modeWords(guest), technique.operation)),
    row(
      'paging',
      'CR3',
      pagingOf(guest).paging ? hex(guest.controlRegister(3)) : l10n.t('no paging'),
    ),
    row('exits', l10n.t('exits'), String(trace.total)),
  ];
  if (trace.last) rows.push(row('last', l10n.t('last exit'), technique.exits.title(trace.last)));
  const where = l10n.t('host-physical {0}', hex(vm?.saveArea ?? 0));
  if (vm?.host.vmcs !== undefined) {
    rows.push(row('vmcs', 'VMCS', l10n.t('host-physical {0}', hex(vm.host.vmcs))));
    rows.push(row('area', l10n.t('general registers'), where));
  }
  return rows;
}

function memoryRows(node: string, { vm }: Target): Row[] {
  if (!vm) return [];
  const { guestMemory, paging } = vm;
  const last = BigInt(guestMemory.size) - 1n;
  const map = hex(guestMemory.map & ~(PAGE - 1n));
  const rows = [
    leaf(`${node}/range`, l10n.t('guest-physical'), `0x0 – ${hex(last)}`),
    leaf(
      `${node}/map`,
      paging === 'ept' ? 'EPT' : l10n.t('map of guest memory'),
      l10n.t('host-physical {0}', map),
    ),
  ];
  const { hosting } = vm.host;
  if (hosting) rows.push(...processRows(node, hosting));
  for (let page = 0n; page < SHOWN_PAGES; page++) {
    const host = guestMemory.hostAddress(page * PAGE);
    const none = hosting
      ? pageStateText(hosting.process.stateOf(Number(page * PAGE)))
      : l10n.t('has no frame yet');
    const leads = host === undefined ? none : l10n.t('host-physical {0}', hex(host));
    rows.push(leaf(`${node}/${String(page)}`, hex(page * PAGE), leads));
  }
  return rows;
}

/** The guest as a process of a host's, and how its kernel gets along with the memory it has. */
function processRows(node: string, { process, kernel }: Hosting): Row[] {
  const { firstTouches, swapIns, swapOuts } = kernel.counts;
  const row = (id: string, label: string, text: string, tooltip?: string): Row =>
    leaf(`${node}/host/${id}`, label, text, tooltip === undefined ? {} : { tooltip });
  const last = GUEST_RAM + BigInt(process.size) - 1n;
  return [
    row('hva', l10n.t('host-virtual'), `${hex(GUEST_RAM)} – ${hex(last)}`),
    row('cr3', l10n.t('CR3 of its process'), hex(process.cr3)),
    row('resident', l10n.t('pages in memory'), String(kernel.residentPages(process))),
    row(
      'host',
      l10n.t('memory of the host'),
      clauses(
        l10n.t('{0} MB', kernel.size / MIB),
        l10n.t('{0} pages on the swap device', kernel.swap.used),
      ),
    ),
    row(
      'faults',
      l10n.t('host page faults'),
      clauses(
        l10n.t('{0} first touches', firstTouches),
        l10n.t('{0} from the swap device', swapIns),
        l10n.t('{0} pages made room', swapOuts),
      ),
      l10n.t('Of all guests of this host.'),
    ),
  ];
}

function deviceRows(node: string, { vm }: Target): Row[] {
  if (!vm) return [];
  const { virtual } = vm.host;
  const drives = [...virtual.disks, ...virtual.floppies].map(({ sectors }, n) =>
    leaf(`${node}/drive/${String(n)}`, l10n.t('disk {0}', n), l10n.t('{0} sectors', sectors), {
      icon: 'save',
    }),
  );
  const rows = virtual.wakeUps.map(({ device, irq, by, obstacle }, n) => {
    const label =
      irq === undefined ? deviceName(device) : l10n.t('{0} (IRQ {1})', deviceName(device), irq);
    const ready = by === 'time' ? l10n.t('counts') : l10n.t('ready');
    const state = obstacle === undefined ? ready : obstacleText(obstacle);
    return leaf(`${node}/${String(n)}`, label, state, { tooltip: labelled(label, state) });
  });
  return [...rows, ...drives];
}
