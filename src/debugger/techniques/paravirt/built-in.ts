import { BuiltInDeprivilege } from '../deprivilege/built-in';

/** A paravirtual guest: one in an outer ring, which may ask its monitor. */
export class BuiltInParavirt extends BuiltInDeprivilege {
  override readonly name: string = 'paravirt';
}
