//! The story: an outage from its first minute to its last. Each step is told only after it was seen from outside.

use std::{sync::Arc, time::Duration};

use domain::provider::provider_id;
use engine::{Shell, seams::Bell};
use store::{Lane, providers};

use super::{
    eyes::{Missed, Reader, has_status, newest, until},
    phones::{Message, Phones},
    teller::Teller,
    world::{FAILING, IDENTIFIED, World},
};

/// The page of the provider that fails.
const PROVIDER_PAGE: &str = "/directory/e-commerce-marketplaces/commerce-layer";

/// Everything the story plays with.
pub(super) struct Stage {
    pub(super) teller: Teller,
    pub(super) shell: Shell,
    pub(super) world: Arc<World>,
    pub(super) phones: Arc<Phones>,
    pub(super) reader: Reader,
    /// The address of our pages.
    pub(super) url: String,
    /// A moment for the reader between two steps.
    pub(super) pace: Duration,
}

impl Stage {
    /// Plays the story; false when a step did not happen.
    pub(super) async fn play(&self) -> bool {
        match self.acts().await {
            Ok(()) => true,
            Err(missed) => {
                self.teller.missed(self.shell.clock.now(), &missed);
                self.teller.more("The story ends here, since each step follows from the one before.");
                false
            }
        }
    }

    async fn acts(&self) -> Result<(), Missed> {
        self.all_is_calm().await?;
        self.pause().await;
        self.outage_begins().await?;
        self.page_turns().await?;
        self.ana_is_paged().await?;
        let page = self.bo_is_paged().await?;
        self.pause().await;
        self.bo_acknowledges(&page).await?;
        self.pause().await;
        self.cause_is_found().await?;
        self.pause().await;
        self.recovery().await
    }

    async fn pause(&self) {
        tokio::time::sleep(self.pace).await;
    }

    fn tell(&self, what: &str) {
        self.teller.step(self.shell.clock.now(), what);
    }

    async fn all_is_calm(&self) -> Result<(), Missed> {
        for (path, words) in [
            ("/directory", "Commerce Layer"),
            ("/directory/e-commerce-marketplaces", "Commerce Layer"),
            (PROVIDER_PAGE, "May 23, 2025 · resolved May 23"),
            ("/status/acme", "Checkout"),
        ] {
            until(&format!("the page {path} with the words “{words}”"), async || {
                let page = self.reader.page(path).await?;
                let is_there = visible(&page).contains(words);
                if is_there { Ok(()) } else { Err("the page lacks these words".to_owned()) }
            })
            .await?;
        }
        until("a status page on which all is well", async || {
            has_status(&self.reader.status_page("summary").await?, "Checkout", "operational", "none")
        })
        .await?;
        self.tell("All is calm. Four simulated providers are read, and the pages are up:");
        self.teller.more(&format!("{}/status/acme  the status page of Acme, our team", self.url));
        self.teller.more(&format!("{}/directory  the directory of providers", self.url));
        self.teller.more(&format!("{}{PROVIDER_PAGE}", self.url));
        self.teller.more("Ana is on call this week. After her, it is Bo's turn.");
        Ok(())
    }

    async fn outage_begins(&self) -> Result<(), Missed> {
        self.world.break_down(self.shell.clock.now());
        self.tell("An outage begins at Commerce Layer: Checkout is down, a part of the Commerce API fails.");
        self.read_now().await
    }

    /// Has the provider read at once; the story has no ten seconds to wait.
    async fn read_now(&self) -> Result<(), Missed> {
        let due =
            |tx: &mut store::Tx<'_>, now| Ok(providers::set_next_poll(tx, provider_id(FAILING), Some(now))?);
        let written = self.shell.write(Lane::Bulk, due).await;
        self.shell.doorbell.ring(Bell::Poll);
        let expected = || "that the provider can be read at once".to_owned();
        written.map_err(|error| Missed { expected: expected(), seen: error.to_string() })
    }

    async fn page_turns(&self) -> Result<(), Missed> {
        until("“Checkout: major outage” on the status page of Acme", async || {
            has_status(&self.reader.status_page("summary").await?, "Checkout", "major_outage", "critical")
        })
        .await?;
        let incident = until("an incident on the status page of Acme", async || {
            newest(&self.reader.status_page("incidents").await?, "investigating")
        })
        .await?;
        self.tell("The status page of Acme has turned: Checkout has a major outage.");
        self.teller.more(&format!("Its readers see “{}”:", incident["name"].as_str().unwrap_or_default()));
        self.teller.more(incident["incident_updates"][0]["body"].as_str().unwrap_or_default());
        Ok(())
    }

    /// Waits for a message on someone's phone.
    async fn message(&self, whose: &str, kind: &str, expected: &str) -> Result<Message, Missed> {
        until(expected, async || self.phones.first(whose, kind).ok_or_else(|| self.phones.heard())).await
    }

    async fn ana_is_paged(&self) -> Result<(), Missed> {
        let page = self.message("ana", "page", "a page to Ana, who is on call").await?;
        self.tell("Ana's phone rings, since she is on call:");
        self.describe(&page);
        Ok(())
    }

    async fn bo_is_paged(&self) -> Result<Message, Missed> {
        let page = self.message("bo", "page", "a page to Bo, since nobody answers").await?;
        self.tell("Nobody answers, so the page goes on to Bo:");
        self.describe(&page);
        Ok(page)
    }

    /// Says what a page says.
    fn describe(&self, page: &Message) {
        let (severity, summary) = (page.text("/incident/severity"), page.text("/incident/summary"));
        self.teller.more(&format!("[{severity}] {summary}"));
        self.teller.more(&format!("because: {}", page.text("/to/reason")));
        self.teller.more(&format!("to acknowledge: {}", page.text("/ack_url")));
    }

    async fn bo_acknowledges(&self, page: &Message) -> Result<(), Missed> {
        let link = page.text("/ack_url");
        until("a form behind the link in Bo's page", async || {
            let shown = self.reader.text(link).await?;
            if shown.contains("<form") { Ok(()) } else { Err("a page without a form".to_owned()) }
        })
        .await?;
        let sent = self.reader.send_form(link, "act=acknowledge").await;
        let missed = |seen| Missed { expected: "that Bo's form is accepted".to_owned(), seen };
        match sent {
            Ok(200..=399) => {}
            Ok(status) => return Err(missed(format!("it answered {status}"))),
            Err(error) => return Err(missed(error)),
        }
        until("“Acknowledged by Bo” behind the link", async || {
            let shown = self.reader.text(link).await?;
            if shown.contains("Acknowledged by Bo") { Ok(()) } else { Err("no such words".to_owned()) }
        })
        .await?;
        self.tell("Bo opens the link and presses Acknowledge. Paging stops.");
        let heard = self.message("ana", "acknowledged", "word to Ana that Bo has it").await?;
        self.teller.more(&format!("Ana's phone says: acknowledged by {}.", heard.text("/by")));
        Ok(())
    }

    async fn cause_is_found(&self) -> Result<(), Missed> {
        self.world.identify(self.shell.clock.now());
        self.read_now().await?;
        let incident = until("the phase “identified” on the status page of Acme", async || {
            newest(&self.reader.status_page("incidents").await?, "identified")
        })
        .await?;
        until("the provider's words on its page in the directory", async || {
            let page = self.reader.page(PROVIDER_PAGE).await?;
            if page.contains(IDENTIFIED) { Ok(()) } else { Err("the page lacks them".to_owned()) }
        })
        .await?;
        self.tell("Commerce Layer posts an update. Its page in the directory now says:");
        self.teller.more(&format!("“{IDENTIFIED}”"));
        self.teller.more("And the status page of Acme:");
        self.teller.more(incident["incident_updates"][0]["body"].as_str().unwrap_or_default());
        Ok(())
    }

    async fn recovery(&self) -> Result<(), Missed> {
        self.world.recover(self.shell.clock.now());
        self.tell("Commerce Layer reports that all is well again.");
        self.read_now().await?;
        until("a status page on which all is well again", async || {
            has_status(&self.reader.status_page("summary").await?, "Checkout", "operational", "none")
        })
        .await?;
        let incident = until("the incident of Acme resolved", async || {
            newest(&self.reader.status_page("incidents").await?, "resolved")
        })
        .await?;
        self.tell("The status page of Acme is back to normal, and its incident is resolved:");
        self.teller.more(incident["incident_updates"][0]["body"].as_str().unwrap_or_default());
        self.message("ana", "resolved", "word to Ana that it is over").await?;
        let bo = self.message("bo", "resolved", "word to Bo that it is over").await?;
        self.tell("Ana and Bo are told that it is over.");
        self.teller.more(&format!("The incident lasted {}.", bo.text("/duration")));
        Ok(())
    }
}

/// What a page of ours says to whoever reads it: its text without the tags.
fn visible(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}
