/** Friends: other modules of the same address. */
import type { ModuleContext } from './context.js';

export function checkFriends(context: ModuleContext): void {
  const { self, friends } = context.module;
  for (const friend of friends) {
    if (friend.address !== self.address)
      context.fail('friends', 'INVALID_FRIEND_DECL_WITH_MODULES_OUTSIDE_ACCOUNT_ADDRESS', `${friend.name} is of another package`);
    if (friend.name === self.name) context.fail('friends', 'INVALID_FRIEND_DECL_WITH_SELF', 'a module is its own friend');
  }
}
