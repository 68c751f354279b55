use super::*;

const KEPT: &str = r#"{
    "worktrees": [
        [1, "a", "/a", 3001, "main", null, null, "active", 0, 1.5, "2026-01-01T00:00:00.000Z", null],
        [2, "b", "/b", 3002, "fix", null, null, "active", 0, 0, "2026-01-01T00:00:00.000Z", null]
    ],
    "zones": [[1, "z", "Zone", null, "onDrop", "[]", "", "[]", 0, 0, 300, 200, "2026-01-01T00:00:00.000Z", null]],
    "assignments": [[1, "a", "z", "2026-01-02T00:00:00.000Z"]],
    "metadata": [[1, "a", "{\"k\":1}"]],
    "limits": [["z", 2]]
}"#;

fn canvas() -> Canvas {
    Canvas::kept(KEPT).expect("a board")
}

fn row(of: Of, op: Op, id: &'static str, data: &'static str) -> Logged<'static> {
    Logged { of, op, id, zone: None, was: None, rowid: None, data }
}

fn ids(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.cells[0].text().unwrap_or_default().to_owned()).collect()
}

fn assigned(canvas: &Canvas) -> Vec<String> {
    let board = canvas.clone().into_board();
    board.assignments.iter().map(|(worktree, zone)| format!("{worktree} {zone}")).collect()
}

#[test]
fn what_was_made_together_is_listed_as_it_was_made() {
    let mut canvas = canvas();
    let made = |id, rowid, data| Logged { rowid: Some(rowid), ..row(Of::Worktree, Op::Made, id, data) };
    canvas.read(&made("c", 3, r#"{"created_at":"2026-01-01T00:00:00.000Z"}"#));
    canvas.read(&made("d", 4, r#"{"created_at":"2026-01-01T00:00:00.001Z"}"#));
    assert_eq!(ids(&canvas.clone().into_board().worktrees), ["d", "a", "b", "c"]);
}

#[test]
fn a_change_is_of_what_it_names() {
    let mut canvas = canvas();
    canvas.read(&row(Of::Worktree, Op::Changed, "a", r#"{"x":7,"u":"now","other":[1]}"#));
    let all = canvas.clone().into_board().worktrees;
    assert_eq!(all[0].cells[7..9], [Cell::Integer(7), Cell::Real(1.5)]);
    assert_eq!(all[0].cells[10].text(), Some("now"));
}

#[test]
fn what_goes_takes_its_metadata_and_limits_along() {
    let mut canvas = canvas();
    canvas.read(&row(Of::Worktree, Op::Gone, "a", ""));
    canvas.read(&row(Of::Zone, Op::Gone, "z", ""));
    assert_eq!(ids(&canvas.clone().into_board().worktrees), ["b"]);
    assert_eq!((canvas.metadata[0].get("a"), canvas.limits.get("z")), (None, None));
}

#[test]
fn who_takes_a_port_takes_the_place() {
    for (taker, data, left) in [
        (r#"{"id":"c","port":3001}"#, r#"{"port":3001}"#, vec!["b", "c"]),
        (r#"{"id":"c","port":3001}"#, r#"{"port":3003}"#, vec!["a", "b", "c"]),
        (r#"{"id":"c","port":3001,"by":"update"}"#, r#"{"port":3001}"#, vec!["a", "b", "c"]),
    ] {
        let mut canvas = canvas();
        canvas.read(&row(Of::Worktree, Op::Replaced, "a", taker));
        canvas.read(&row(Of::Worktree, Op::Made, "c", data));
        let mut there = ids(&canvas.clone().into_board().worktrees);
        there.sort();
        assert_eq!(there, left);
    }
}

#[test]
fn a_limit_of_runs_is_none_of_work_in_progress() {
    let mut canvas = canvas();
    let of = |data| Logged { zone: Some("z"), ..row(Of::Limit, Op::Changed, "limit", data) };
    canvas.read(&of(r#"{"limit":7}"#));
    assert_eq!(canvas.limits.get("z"), Some(&2));
    canvas.read(&of(r#"{"wipLimit":null}"#));
    assert_eq!(canvas.limits.get("z"), None);
}

#[test]
fn metadata_is_the_text_that_was_written() {
    let mut canvas = canvas();
    let data = r#"{"entity":"worktree","metadata":{"a":[1,{"b":null}]}}"#;
    canvas.read(&row(Of::Metadata, Op::Changed, "b", data));
    assert_eq!(canvas.metadata[0].get("b").map(|data| &**data), Some(r#"{"a":[1,{"b":null}]}"#));
    canvas.read(&row(Of::Metadata, Op::Changed, "b", r#"{"entity":"worktree","metadata":{}}"#));
    assert_eq!(canvas.metadata[0].get("b"), None);
}

#[test]
fn an_assignment_is_where_its_rowid_says() {
    let mut canvas = canvas();
    let of = |id, rowid| Logged {
        zone: Some("z"),
        rowid,
        ..row(Of::Assignment, Op::Changed, id, "2026-01-02T00:00:00.000Z")
    };
    canvas.read(&of("b", Some(2)));
    canvas.read(&of("a", None));
    assert_eq!(assigned(&canvas), ["a z", "b z"]);
    canvas.read(&of("a", Some(3)));
    assert_eq!(assigned(&canvas), ["b z", "a z"]);
}

#[test]
fn what_is_no_json_changes_nothing() {
    let mut canvas = canvas();
    for data in ["", "[1", "{\"x\":", "null"] {
        canvas.read(&row(Of::Worktree, Op::Changed, "a", data));
        canvas.read(&row(Of::Metadata, Op::Changed, "a", data));
        canvas.read(&row(Of::Limit, Op::Changed, "z", data));
        canvas.read(&row(Of::Worktree, Op::Replaced, "a", data));
    }
    assert_eq!(canvas, self::canvas());
    assert_eq!(Canvas::kept("{}"), None);
}

#[test]
fn what_is_beside_who_has_another_id_goes_along() {
    let mut canvas = canvas();
    canvas.read(&row(Of::Worktree, Op::Gone, "a", ""));
    canvas.read(&Logged { was: Some("a"), ..row(Of::Worktree, Op::Made, "c", "{}") });
    assert_eq!(canvas.metadata[0].get("c").map(|data| &**data), Some("{\"k\":1}"));
    assert_eq!(canvas.metadata[0].get("a"), None);
}

#[test]
fn an_infinite_number_is_one_wherever_it_is_said() {
    let mut canvas = Canvas::kept(&KEPT.replace("1.5", "-9e999")).expect("a board");
    canvas.read(&row(Of::Worktree, Op::Changed, "b", r#"{"x":9.0e+999,"status":"after it"}"#));
    let all = canvas.into_board().worktrees;
    assert_eq!(all[0].cells[8], Cell::Real(f64::NEG_INFINITY));
    assert_eq!(all[1].cells[6..8], [Cell::Text("after it".into()), Cell::Real(f64::INFINITY)]);
}
