import * as l10n from '@vscode/l10n';
import { withNote } from '../../isa/phrases';
import { tlbEntries, type TlbEntry } from '../../processor/paging/tlb-entries';
import { hex } from '../views/row';
import { isOf } from '../views/tlb-view';
import { rightsOf, tlbSource, TlbWalk } from '../views/tlb-walk';
import type { Target } from '../target';
import type { TranslationRequest } from '../views/translation-request';
import type { TlbText } from './picture';

const PAGE = ~0xfffn;

/** Whether the TLB knows the translation for such an access, and whether that is still what the tables say. */
export function tlbText(target: Target, request: TranslationRequest): TlbText {
  const found = entryFor(target, request);
  if (!found) return { state: 'miss', text: l10n.t('TLB: miss') };
  const { world } = found;
  const source = tlbSource(target, world);
  const walk = source && new TlbWalk(target, source);
  const stale = walk?.isStale(found, walk.now(found)) ?? false;
  const { tlbTags } = target.technique;
  const tag = (world === 0 ? tlbTags?.host : tlbTags?.guest) ?? '';
  const held = `${rightsOf(found)} → HPA ${hex(found.frame)}`;
  const text = stale ? l10n.t('TLB: a stale entry, {0}', held) : l10n.t('TLB: hit, {0}', held);
  return { state: stale ? 'stale' : 'hit', text: withNote(text, tag) };
}

/** The entry that such an access would use: the first write has none, as it sets the dirty flag. */
function entryFor(
  target: Target,
  { world, linear, access }: TranslationRequest,
): TlbEntry | undefined {
  const serves = (entry: TlbEntry): boolean =>
    entry.linear === (linear & PAGE) &&
    entry.user === access.user &&
    entry.executable === access.execute &&
    (access.execute || (access.write ? entry.writable : entry.readable)) &&
    isOf(target, world.side, entry.world);
  return tlbEntries(target.cpu.caches.tlb.save()).find(serves);
}
