/// Replays histories of a staking pool that were simulated independently.
#[test_only]
module walrus::pool_history_tests;

use std::unit_test::{assert_eq, destroy};
use sui::balance;
use wal::wal::WAL;
use walrus::penalty_ledger;
use walrus::pool_histories;
use walrus::staked_wal::StakedWal;
use walrus::staking_fixture as fixture;
use walrus::walrus_context;

#[test]
fun histories_match_the_model() {
    let ctx = &mut fixture::context();
    pool_histories::histories().do!(|steps| replay(steps, ctx));
}

fun replay(steps: vector<vector<u64>>, ctx: &mut TxContext) {
    let (mut pool, cap) = fixture::pool_with_commission(pool_histories::commission_rate(), ctx);
    let mut stakes: vector<Option<StakedWal>> = vector[];
    let mut epoch = 0;
    let mut selected = false;
    let mut member = false;
    let mut next_member = false;
    steps.do!(|step| {
        let wctx = walrus_context::new(epoch, selected, member, next_member);
        if (step[0] == 0) {
            let stake = pool.stake(balance::create_for_testing<WAL>(step[1]), &wctx, ctx);
            assert_eq!(stake.activation_epoch() as u64, step[2]);
            stakes.push_back(option::some(stake));
        } else if (step[0] == 1) {
            let stake = stakes[step[1]].borrow_mut();
            pool.request_withdraw_stake(stake, &wctx);
            assert_eq!(stake.withdraw_epoch() as u64, step[2]);
        } else if (step[0] == 2) {
            let stake = stakes[step[1]].extract();
            let (payout, lost) = pool.withdraw_stake(stake, &wctx);
            assert_eq!(payout.destroy_for_testing(), step[2]);
            assert_eq!(lost.destroy_for_testing(), step[3]);
        } else if (step[0] == 3) {
            selected = true;
            next_member = step[1] == 1;
        } else {
            let expected_stake = pool.wal_balance_at_epoch(epoch + 1);
            epoch = epoch + 1;
            if (step[1] == 1) {
                pool.credit_rewards(balance::create_for_testing(step[2]), epoch);
                if (step[7] > 0) {
                    let penalty = penalty_ledger::new_penalty(
                        step[7],
                        0,
                        pool_histories::principal_min_bp(),
                        0,
                    );
                    let (burn, bounty, loss) = pool.apply_penalty(&penalty, false);
                    assert_eq!(burn.destroy_for_testing(), step[8]);
                    assert_eq!(loss, step[9]);
                    bounty.destroy_zero();
                };
                pool.complete_advance(option::none());
                // Apart from rewards, penalties and rounding, the stake is what it was foreseen to be.
                let stake = pool.wal_balance();
                assert!(stake + step[2] + 1_000 + expected_stake / 5 >= expected_stake);
                assert!(stake <= expected_stake + step[2] + step[9] + 1_000);
            };
            member = next_member;
            next_member = false;
            selected = false;
            assert_eq!(pool.wal_balance(), step[3]);
            assert_eq!(pool.num_shares(), step[4]);
            assert_eq!(pool.rewards(), step[5]);
            assert_eq!(pool.commission(), step[6]);
        }
    });
    assert!(stakes.all!(|stake| stake.is_none()));
    destroy(stakes);
    destroy(pool);
    destroy(cap);
}
