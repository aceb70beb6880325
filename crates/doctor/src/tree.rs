//! The tree: which of the machine's processes belong to the program. A process belongs if its parent does when it is first
//! seen, and then for good, whoever its parent becomes. The doctor adopts what a started program orphans, so its own
//! children belong too.

use std::collections::{HashMap, HashSet};

/// What is known of each process number.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Members, by number: when each started, so that a number that is used again is another process.
    members: HashMap<i32, u64>,
    strangers: HashSet<i32>,
}

/// A process as it is listed: its parent and when it started.
pub(crate) type Kin = (i32, u64);

impl Tree {
    /// A tree with these roots. What has the doctor's own number as parent belongs if the number is among them.
    pub(crate) fn new(roots: &[(i32, u64)]) -> Self {
        Self { members: roots.iter().copied().collect(), strangers: HashSet::new() }
    }

    /// Sorts the processes that are running into members and strangers, and gives the members, new ones too.
    pub(crate) fn sort(
        &mut self,
        running: &[i32],
        mut kin: impl FnMut(i32) -> Option<Kin>,
    ) -> Vec<i32> {
        let now: HashSet<i32> = running.iter().copied().collect();
        self.strangers.retain(|pid| now.contains(pid)); // a number that is free may come again
        running.iter().copied().filter(|&pid| self.belongs(pid, &mut kin, 0)).collect()
    }

    fn belongs(
        &mut self,
        pid: i32,
        kin: &mut impl FnMut(i32) -> Option<Kin>,
        depth: usize,
    ) -> bool {
        if self.members.contains_key(&pid) {
            return true;
        }
        if pid <= 1 || depth > 100 || self.strangers.contains(&pid) {
            return false;
        }
        let Some((parent, start)) = kin(pid) else {
            return false; // gone in between
        };
        let belongs = self.belongs(parent, kin, depth + 1);
        if belongs {
            self.members.insert(pid, start);
        } else {
            self.strangers.insert(pid);
        }
        belongs
    }

    /// Forgets a member that has gone.
    pub(crate) fn forget(&mut self, pid: i32) {
        self.members.remove(&pid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(tree: &mut Tree, all: &[(i32, i32)]) -> Vec<i32> {
        let running: Vec<i32> = all.iter().map(|one| one.0).collect();
        let kin = |pid| all.iter().find(|one| one.0 == pid).map(|one| (one.1, 5));
        tree.sort(&running, kin)
    }

    #[test]
    fn descendants_belong_whatever_the_order_of_their_numbers() {
        let mut tree = Tree::new(&[(500, 1)]);
        let all = [(1, 0), (20, 700), (30, 1), (500, 9), (700, 500)];
        assert_eq!(sorted(&mut tree, &all), [20, 500, 700]);
    }

    #[test]
    fn an_orphan_still_belongs() {
        let mut tree = Tree::new(&[(500, 1)]);
        sorted(&mut tree, &[(500, 9), (600, 500), (601, 600)]);
        assert_eq!(sorted(&mut tree, &[(601, 1), (602, 601)]), [601, 602]);
    }

    #[test]
    fn what_the_doctor_adopts_belongs() {
        let mut tree = Tree::new(&[(500, 1), (499, 0)]);
        assert_eq!(sorted(&mut tree, &[(600, 499), (601, 1)]), [600]);
    }

    #[test]
    fn a_number_that_comes_again_is_looked_at_again() {
        let mut tree = Tree::new(&[(500, 1)]);
        assert_eq!(sorted(&mut tree, &[(500, 9), (600, 1)]), [500]);
        assert_eq!(sorted(&mut tree, &[(500, 9)]), [500]);
        assert_eq!(sorted(&mut tree, &[(500, 9), (600, 500)]), [500, 600]);
    }

    #[test]
    fn a_member_that_has_gone_is_forgotten() {
        let mut tree = Tree::new(&[(500, 1)]);
        sorted(&mut tree, &[(500, 9), (600, 500)]);
        tree.forget(600);
        assert_eq!(sorted(&mut tree, &[(500, 9), (600, 1)]), [500]);
    }
}
