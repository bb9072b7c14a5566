import * as l10n from '@vscode/l10n';
import { clauses, listed } from '../../isa/phrases';
import type { Access } from '../../processor/paging/walk';
import type { World } from '../target';
import type { TranslationRequest } from './translation-request';
import { traceTranslation } from './translation-trace';

/** 'write, user mode' */
export function accessText({ write, execute, user }: Access): string {
  const kind = execute ? l10n.t('instruction fetch') : write ? l10n.t('write') : l10n.t('read');
  return clauses(kind, user ? l10n.t('user mode') : l10n.t('supervisor mode'));
}

/** 'from [rbx]'; nothing where the address is a plain number. */
export const originText = ({ from }: TranslationRequest): string =>
  from ? l10n.t('from {0}', from) : '';

/** The host's virtual addresses lead to host-physical ones; there is no guest in between. */
export function namesIn(world: World): { linear: 'GVA' | 'HVA'; physical: 'GPA' | 'HPA' } {
  const linear = world.side === 'host' ? 'HVA' : 'GVA';
  return { linear, physical: holdsFrames(world) ? 'HPA' : 'GPA' };
}

/** Whether the tables themselves lead to host-physical addresses. */
export const holdsFrames = ({ side, holdsFrames: knows }: World): boolean =>
  side === 'host' || knows === true;

/** 'read, write': what may be done at the address at a privilege level, in both dimensions. */
export function allowedText({ world, linear }: TranslationRequest, user: boolean): string {
  const kinds = [
    { write: false, execute: false, text: l10n.t('read') },
    { write: true, execute: false, text: l10n.t('write') },
    { write: false, execute: true, text: l10n.t('execute') },
  ];
  const words = kinds
    .filter((kind) => !traceTranslation(world, linear, { ...kind, user }).stop)
    .map(({ text }) => text);
  return words.length > 0 ? listed(words) : l10n.t('nothing');
}
