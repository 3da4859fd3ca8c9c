//! Doors: how many requests may be at one place at the same time.
//!
//! Polls pass two of them. The first is the host's, so that nobody is asked by us more than twice at once. The second is
//! the address's, since one address of a large provider stands for hundreds of hosts. Whoever may dial any of several
//! addresses enters at all of them before the first attempt, so that a full address is not avoided by its host's other
//! family; after the connection only the one that was dialled stays entered. Several doors are always entered in the
//! same order, and the host's before those of addresses: two requests can't wait for each other.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::guard::carried;

/// Doors that are kept; beyond it those nobody uses are removed.
const KEPT: usize = 256;

/// One door per place, through which a few may go at a time.
pub(crate) struct Doors {
    width: usize,
    open: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Doors {
    /// Makes doors through which `width` may go at a time.
    pub(crate) fn new(width: usize) -> Self {
        Self { width, open: Mutex::default() }
    }

    /// Waits at one door.
    pub(crate) async fn enter(&self, place: String) -> OwnedSemaphorePermit {
        self.door(place).acquire_owned().await.expect("a door is never closed")
    }

    /// Waits at the doors of all these addresses.
    pub(crate) async fn enter_all(&self, addresses: impl IntoIterator<Item = IpAddr>) -> Entered {
        let mut entered: BTreeMap<_, _> = addresses.into_iter().map(|ip| (place(ip), None)).collect();
        for (place, permit) in &mut entered {
            *permit = Some(self.enter(place.to_string()).await);
        }
        Entered(entered)
    }

    fn door(&self, place: String) -> Arc<Semaphore> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= KEPT {
            open.retain(|_, door| Arc::strong_count(door) > 1);
        }
        Arc::clone(open.entry(place).or_insert_with(|| Arc::new(Semaphore::new(self.width))))
    }
}

/// Addresses that were entered; dropping it leaves them.
pub(crate) struct Entered(BTreeMap<IpAddr, Option<OwnedSemaphorePermit>>);

impl Entered {
    /// Leaves all but `address`.
    pub(crate) fn stay_at(&mut self, address: IpAddr) {
        self.0.retain(|entered, _| *entered == place(address));
    }
}

/// An address as IPv4 where it only carries one: it is the same machine.
fn place(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => carried(v6).map_or(address, IpAddr::V4),
    }
}

#[cfg(test)]
mod tests {
    //! Who waits at which door.

    use std::{
        pin::pin,
        task::{Context, Waker},
    };

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Enters if nobody has to wait.
    fn at_once(doors: &Doors, addresses: &[&str]) -> Option<Entered> {
        let entering = pin!(doors.enter_all(addresses.iter().map(|text| ip(text))));
        match entering.poll(&mut Context::from_waker(Waker::noop())) {
            std::task::Poll::Ready(entered) => Some(entered),
            std::task::Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn two_go_through_a_door_at_a_time() {
        let doors = Doors::new(2);
        let first = doors.enter("a.example:80".to_owned()).await;
        let _second = doors.enter("a.example:80".to_owned()).await;
        let door = doors.door("a.example:80".to_owned());
        assert!(door.clone().try_acquire_owned().is_err());
        drop(first);
        assert!(door.try_acquire_owned().is_ok());
    }

    #[tokio::test]
    async fn unused_doors_are_removed() {
        let doors = Doors::new(2);
        let used = doors.enter("used.example:80".to_owned()).await;
        for number in 0..1000 {
            doors.door(format!("{number}:80"));
        }
        assert!(doors.open.lock().unwrap().len() <= KEPT);
        assert!(doors.open.lock().unwrap().contains_key("used.example:80"));
        drop(used);
    }

    #[test]
    fn a_full_address_is_not_avoided_by_another_family() {
        let doors = Doors::new(1);
        let mut first = at_once(&doors, &["2001:db8::1", "192.0.2.1"]).unwrap();
        assert!(at_once(&doors, &["192.0.2.1"]).is_none());
        first.stay_at(ip("2001:db8::1"));
        let only_v4 = at_once(&doors, &["192.0.2.1"]).unwrap();
        drop(only_v4);
        assert!(
            at_once(&doors, &["192.0.2.1", "2001:db8::1"]).is_none(),
            "the other family is no way around"
        );
        drop(first);
        assert!(at_once(&doors, &["192.0.2.1", "2001:db8::1"]).is_some());
    }

    #[test]
    fn an_address_inside_another_one_is_the_same_place() {
        let doors = Doors::new(1);
        let mut first = at_once(&doors, &["64:ff9b::192.0.2.1", "192.0.2.1"]).unwrap();
        first.stay_at(ip("::ffff:192.0.2.1"));
        assert!(at_once(&doors, &["192.0.2.1"]).is_none());
        assert!(at_once(&doors, &["192.0.2.2"]).is_some());
    }
}
