import { longMode } from '../modes.testing';
import {
  ring3,
  rax,
  both,
  row,
  derived,
  LOAD_RAX_64,
  STORE_RAX_64,
  pte,
  cr4,
  efer,
  supervisorCode,
  testReasons,
  type Setup,
} from './reasons.testing';

describe('reasons of translations', () => {
  testReasons([
    row(
      'page-fault-not-present',
      'A read at 0x9000 was not allowed: its PTE is not present',
      longMode,
      pte(0n),
      ...LOAD_RAX_64,
    ),
    row(
      'page-fault-reserved-bit',
      'A read at 0x9000 was not allowed: a reserved bit of its PTE is set',
      longMode,
      pte((1n << 51n) | 7n),
      ...LOAD_RAX_64,
    ),
    row(
      'page-fault-user-supervisor',
      'A read at 0x9000 was not allowed: the page belongs to the supervisor',
      longMode,
      both(ring3, pte(0x9003n)),
      ...LOAD_RAX_64,
    ),
    row(
      'page-fault-read-write',
      'A write at 0x9000 was not allowed: the page is read-only (R/W = 0).',
      longMode,
      both(ring3, pte(0x9005n)),
      ...STORE_RAX_64,
    ),
    row(
      'page-fault-execute-disable',
      'An instruction fetch at 0x9000 was not allowed: code in the page must not be executed',
      longMode,
      both(pte((1n << 63n) | 0x9007n), efer(1n << 11n), rax(0x9000)),
      0xff,
      0xe0,
    ),
    row(
      'page-fault-SMEP',
      'An instruction fetch at 0x9000 was not allowed: with CR4.SMEP',
      longMode,
      both(pte(0x9007n), supervisorCode, cr4(1n << 20n), rax(0x9000)),
      0xff,
      0xe0,
    ),
    row(
      'page-fault-SMAP',
      'A read at 0x9000 was not allowed: with CR4.SMAP',
      longMode,
      both(pte(0x9007n), cr4(1n << 21n), derived),
      ...LOAD_RAX_64,
    ),
    row(
      'page-fault-access-disable',
      'A read at 0x9000 was not allowed: PKRU forbids every access to data with the protection key 5 (AD = 1).',
      longMode,
      both(pte((5n << 59n) | 0x9007n), cr4(1n << 22n), pkru(1n << 10n)),
      ...LOAD_RAX_64,
    ),
    row(
      'page-fault-write-disable',
      'A write at 0x9000 was not allowed: PKRU forbids writes with the protection key 5 (WD = 1).',
      longMode,
      both(ring3, pte((5n << 59n) | 0x9007n), cr4(1n << 22n), pkru(2n << 10n)),
      ...STORE_RAX_64,
    ),
  ]);
});

function pkru(value: bigint): Setup {
  return ({ mmu }) => {
    mmu.setPkru(value);
  };
}
