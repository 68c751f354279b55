//! Lanes: the first of each stands where claims look, whatever is done to the queue.

use super::Board;
use crate::engine::run::taker::Taker;
use crate::engine::{Runs, Workers};
use crate::model::Given;
use crate::rows::Batch;

const TAKER: Taker<'_> = Taker { worker: "worker", lease_ms: 60_000, zones: None, agents: None, goes_on: false };

/// Lanes with no first, with two, or with one that shouldn't be.
const WRONG: &str = "SELECT count(*) FROM (SELECT sum(behind = 0) <> 1
    OR max(iif(behind = 0, urgency, NULL)) <> min(urgency) OR max(iif(behind = 0, run, NULL)) <>
      (SELECT run FROM run_queue AS n WHERE n.zone_id = q.zone_id AND n.agent_type = q.agent_type ORDER BY urgency, run LIMIT 1)
    AS wrong FROM run_queue AS q GROUP BY zone_id, agent_type) WHERE wrong";

fn claim(board: &Board, most: usize) -> Vec<String> {
    let claimed = board.store.atomically(|| board.store.claim(&TAKER, most, super::START)).unwrap();
    claimed.into_iter().map(|record| record.id).collect()
}

fn enqueue(board: &Board, worktree: &str, agent: &str, priority: i64) -> String {
    let mut given = [Given::Undefined; 11];
    for (at, text) in ["z", worktree, agent, "do it"].into_iter().enumerate() {
        given[at] = Given::Text(text);
    }
    given[4] = Given::Integer(priority);
    board.row(|batch| board.store.enqueue_run("enqueueRun", &given, board.now(), batch)).unwrap()
}

#[test]
fn the_most_urgent_is_first_whoever_comes_goes_and_is_deleted() {
    let board = Board::new();
    let mut seed = 7_u64;
    let mut below = |most: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % most
    };
    let mut queued: Vec<(i64, usize, String)> = Vec::new();
    for step in 0..600 {
        match below(10) {
            0..=5 => {
                let (worktree, agent) = (["w", "v"][below(2) as usize], ["a", "b"][below(2) as usize]);
                board.sql("INSERT OR IGNORE INTO worktrees (id, path, port, branch_name, created_at) VALUES ('v', '/v', 2, 'v', '2026')");
                let priority = below(3) as i64 - 1;
                queued.push((-priority, step, enqueue(&board, worktree, agent, priority)));
            }
            6 if !queued.is_empty() => {
                let (_, _, id) = queued.swap_remove(below(queued.len() as u64) as usize);
                board.store.cancel_run(Given::Text(&id), Given::Null, board.now(), &mut Batch::default()).unwrap();
            }
            7 if below(20) == 0 => {
                board.sql("DELETE FROM worktrees WHERE id = 'v'");
                let open = |id: &str| {
                    board.count(&format!("SELECT count(*) FROM runs WHERE id = '{id}' AND status = 'queued'"))
                };
                queued.retain(|(_, _, id)| open(id) == 1);
            }
            _ => {
                let next = queued.iter().min().map(|(_, _, id)| id.clone());
                assert_eq!(claim(&board, 1).first(), next.as_ref(), "step {step}");
                queued.retain(|(_, _, id)| Some(id) != next.as_ref());
            }
        }
        assert_eq!(board.count(WRONG), 0, "step {step}");
    }
    assert_eq!(claim(&board, 1_000).len(), queued.len());
}

#[test]
fn a_new_run_goes_before_less_urgent_ones_in_a_transaction_and_out_of_one() {
    let board = Board::new();
    let least = enqueue(&board, "w", "a", -1);
    let usual = enqueue(&board, "w", "a", 0);
    board.sql("BEGIN");
    let most = enqueue(&board, "w", "a", 1);
    board.sql("COMMIT");
    assert_eq!(board.count("SELECT count(*) FROM changes WHERE entity = 5"), 3);
    assert_eq!(claim(&board, 3), [most, usual, least]);
}

#[test]
fn a_queue_whose_firsts_were_all_taken_out_by_hand_is_mended() {
    let board = Board::new();
    let ids: Vec<String> = (0..3).map(|_| board.enqueue(1, None)).collect();
    // As another program would that knows nothing of lanes.
    board.sql("DELETE FROM run_queue WHERE run < 3");
    assert_eq!(claim(&board, 5), ids[2..]);
    assert_eq!((claim(&board, 5).len(), board.count("SELECT count(*) FROM run_queue")), (0, 0));
    assert_eq!(board.store.next_run_due(board.now()).unwrap(), Some(60_000));
}

#[test]
fn a_lane_whose_first_was_taken_out_by_hand_does_not_wait_for_ever() {
    let board = Board::new();
    let taken: Vec<String> = (0..3).map(|_| enqueue(&board, "w", "a", 0)).collect();
    let others: Vec<String> = (0..3).map(|_| enqueue(&board, "w", "b", 0)).collect();
    assert_eq!(claim(&board, 1), taken[..1]);
    board.sql("DELETE FROM run_queue WHERE behind = 0 AND agent_type = 'a'");
    assert_eq!(claim(&board, 1), others[..1]);
    let later = super::START.plus(10_000);
    let claimed = board.store.atomically(|| board.store.claim(&TAKER, 1, later)).unwrap();
    assert_eq!(claimed[0].id, taken[2]);
    assert_eq!(board.count(WRONG), 0);
}
