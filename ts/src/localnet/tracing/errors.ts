/** What cannot be traced. */
import { LocalNetError } from '../ledger/errors.js';

/** The transaction is not known, or it is one of the network's own, which run no commands of a user. */
export class NotTraceable extends LocalNetError {
  override readonly name = 'NotTraceable';
  constructor(
    message: string,
    /** Base58 digest, when one was given. */
    readonly digest?: string,
  ) {
    super(message);
  }
}
