# What status pages say in English. Every language has the same keys with the same arguments; a test holds them together.
# Times, lengths and figures come ready made by the language; `$what`, `$detail` and the like are texts from below.

## Statuses: as a heading or a label, and within a sentence

status-unknown = No reading
status-operational = Operational
status-under-maintenance = Under maintenance
status-degraded-performance = Degraded performance
status-partial-outage = Partial outage
status-major-outage = Major outage

within-unknown = no reading
within-operational = operational
within-under-maintenance = under maintenance
within-degraded-performance = degraded performance
within-partial-outage = partial outage
within-major-outage = major outage

state-none = No state given
state-foreign = A state we don’t know ({ $word })

## How bad an incident is, on its tag

impact-unknown = impact not stated
impact-none = none
impact-maintenance = maintenance
impact-minor = minor
impact-major = major
impact-critical = critical

## Where an incident or announced work is in its life

phase-open = open
phase-investigating = investigating
phase-identified = identified
phase-monitoring = monitoring
phase-resolved = resolved

work-announced = announced
work-planned = planned
work-in-progress = in progress
work-verifying = being verified
work-completed = completed
work-cancelled = cancelled

update-update = Update
update-investigating = Investigating
update-identified = Identified
update-monitoring = Monitoring
update-resolved = Resolved
update-postmortem = Postmortem
update-scheduled = Scheduled
update-in-progress = In progress
update-verifying = Verifying
update-completed = Completed
update-cancelled = Cancelled

## The verdict

no-services-yet = No services yet
within-no-services-yet = no services yet
all-services-operational = All services operational
within-all-services-operational = all services operational
incidents-still-open = { PLURAL($count) ->
    [one] 1 incident still open
   *[other] { $count } incidents still open
}

part-operational = { $part } of { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] component
       *[service] service
    }
   *[other] { $all } { $kind ->
        [component] components
       *[service] services
    }
} operational
part-all-operational = { PLURAL($all) ->
    [one] All { $part } { $kind ->
        [component] component
       *[service] service
    } operational
   *[other] All { $part } { $kind ->
        [component] components
       *[service] services
    } operational
}
part-unstated = { $part } of { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] component
       *[service] service
    }
   *[other] { $all } { $kind ->
        [component] components
       *[service] services
    }
} in a state we don’t know
part-unread = No reading of { $part } of { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] component
       *[service] service
    }
   *[other] { $all } { $kind ->
        [component] components
       *[service] services
    }
}
part-in-work = { $part } of { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] component
       *[service] service
    }
   *[other] { $all } { $kind ->
        [component] components
       *[service] services
    }
} in planned work
part-affected = { $part } of { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] component
       *[service] service
    }
   *[other] { $all } { $kind ->
        [component] components
       *[service] services
    }
} affected
part-of-third-party = { $what }, a third party’s
part-of-third-parties = { $what }, all of them third parties’
part-some-of-third-parties = { PLURAL($count) ->
    [one] { $what }, one of them a third party’s
   *[other] { $what }, { $count } of them third parties’
}
whole-page-affected = Reported for the whole page

detail-since = { $what } since { $time } ({ $length })
detail-at-first-reading = { $what }, already so at { $time }, when we first read it
detail-and-unread = { $detail }; no reading of { $count }
detail-and-unstated = { $detail }; a state we don’t know for { $count }

so-since = { $what } since { $time }
so-already-at = { $what }, already so at { $time }

caused-by = Caused by { $cause }
no-reading-of = No reading of { $provider }
last-known = Last known: { $status }

## Ninety days

days-ago = { PLURAL($count) ->
    [one] 1 day ago
   *[other] { $count } days ago
}
today = today
days-from-the-second = Days are drawn from the second day of readings on.
days-summary = { PLURAL($days) ->
    [one] { $name }, last day: { $caption }
   *[other] { $name }, last { $days } days: { $caption }
}
days-table = { $name }: days that were not simply fine; on all others it was operational
days-no-trouble = No trouble
days-no-trouble-within = no trouble
days-trouble = { PLURAL($count) ->
    [one] 1 day with trouble
   *[other] { $count } days with trouble
}
days-work = { PLURAL($count) ->
    [one] 1 day with planned work
   *[other] { $count } days with planned work
}
days-unknown = { PLURAL($count) ->
    [one] 1 day without a reading
   *[other] { $count } days without a reading
}
minutes-down = down { $length }
minutes-degraded = degraded { $length }
minutes-maintenance = maintenance { $length }
minutes-unknown = no reading { $length }
third-party = third party

## Incidents

dates-resolved = { $from } · resolved { $until }
started-at = started { $time }
posted-at = posted { $time }
first-seen-at = first seen { $time }
posted-after-start = posted { $length } after start
posted-after-end = posted { $length } after start, when it was over
work-from = from { $time }
work-until = until { $time }
work-end-not-announced = end not announced
work-time-not-announced = time not announced
cause = Cause: { $cause }
work-of-provider = Planned by our provider { $provider }
next-update-by = Next update by { $time }
updates-count = { PLURAL($count) ->
    [one] 1 update
   *[other] { $count } updates
}
edited-first-seen = edited, first seen so { $time }
what-was-changed = What was changed
no-time-given = no time given
read-all = Read all of it
untitled = Untitled
post-mortem = Post-mortem
actions-heading = What we do about it
action-by = by { $day }
action-done = done

all-incidents = all incidents
impact-over-time = Impact over time
wave-of = { $status }, { $span }, { $length }
wave-since = { $status } since { $time }
added-afterwards = Added afterwards
goes-on-as = Goes on as { $incident }
reported-by = Reported by { $names }
facts = Facts
at-the-provider = At the provider ↗
affected = Affected
no-component-named = no component is named
updates = Updates
newest-first = newest first
nothing-said-so-far = Nothing has been said so far.
other-incidents = Other incidents
newer = Newer
older = Older

clock-started = Started
clock-first-word = First public word
clock-first-seen = First seen by us
clock-resolved = Resolved
clock-starts = Starts
clock-ends = Ends
at-once = at once
after-the-start = { $length } after the start
over-already = when it was over already
as-soon-as-posted = as soon as it was posted
after-it-was-posted = { $length } after it was posted
after-the-first-word = { $length } after the first public word
start-not-stated = the start is not stated
time-not-stated = the time is not stated
end-not-stated = the end is not stated
not-announced = not announced
not-yet = not yet

## The page

title-of = { $what } · { $page }
page-says = { $page }: { $what }
site = Site
language = Language:
skip-to-content = Skip to content
history = History
uptime = Uptime
follow = Follow
now = Now
service = Service
services = Services
components = Components
incidents = Incidents
incidents-of = Incidents of { $page }
maintenance = Maintenance
planned-work = Planned work
past-incidents = Past incidents
all = All
no-services-shown = No services are shown on this page yet.
no-incidents-so-far = No incidents so far.
incident-history = Incident history
atom-feed = Atom feed
rss-feed = RSS feed
calendar-of-work = Calendar of planned work
badge = Badge
plain-text = Plain text
as-of = As of { $time }
as-of-within = as of { $time }
times-in = All times in { $zone }
this-old = { $age } old
times-here = All times in your zone, { $zone }
how-uptime-is-computed = how uptime is computed
kept-by-midwatch = Kept by Midwatch
link-site = Website
link-support = Support
link-legal = Legal notice
gate-title = This page is protected
gate-ask = Those who keep it have given its password to the people it is for.
gate-password = Password
gate-open = Open
gate-wrong = This is not its password.

## Uptime

figure-of-all = 90 days · { $share } without unknown time
all-together = All together
no-data = no data
uptime-formula = uptime = 1 − down / (window − maintenance − unknown)
uptime-explained = Down is time in partial or major outage. Time under maintenance and time without a reading are stated apart and count neither for nor against. Figures are rounded down. Days begin at midnight UTC.
uptime-of-all = All together counts the worst of all services at each instant: down when any of them was down, unknown when nothing is known of any.
uptime-as-data = The intervals from which all figures can be computed again:
down-origin = Where down time came from
down-by-providers = From providers
down-by-each = Which providers
down-origin-explained = The last 90 days. Down time came from a provider while a public incident that touches the service lasts and names the provider as a cause. Where several do, a moment counts once, for the one whose trouble began first. The rest is our own or of unknown origin.
uptime-by-month = Uptime by month
window-24-hours = 24 hours
window-12-months = 12 months
window-7-days = 7 days
window-30-days = 30 days
window-90-days = 90 days
uptime-figures = Uptime figures
down = Down
no-reading = No reading
window = Window

## Alerts for people outside

alerts-about = Alerts about { $name }
alerts-description = Be told by mail or webhook when { $name } has an incident or planned work.
alerts-how = One message when something changes, and then at most one in five minutes. You confirm by a link first, and leave by a link in every message.
alerts-where = Where to
alerts-email = E-mail
alerts-or = or
alerts-no-mail = Alerts by e-mail are not available here: this installation has no mail server.
alerts-webhook = Webhook
alerts-webhook-signed = A webhook gets signed posts, as Standard Webhooks say; the first one holds the link to confirm.
alerts-ask = Ask for alerts
alerts-address-kept = An address is kept until you leave, and used for nothing else.
choice-about = About
choice-incidents = Incidents and outages
choice-work = Planned work
choice-least = Tell me of trouble that is
least-any = of any kind
least-degraded = degraded or worse
least-partial = partial outage or worse
least-major = major outage only
choice-whole = The whole page of { $name }
choice-some = Only these:
alerts-yours = Your alerts about { $name }
alerts-go-to = They go to { $address }.
alerts-saved = Kept. This is what you will be told from now on.
alerts-save = Keep this
alerts-signatures = Checking signatures
alerts-secret = Posts are signed with this secret, as Standard Webhooks say. Whoever has it can write in our name.
alerts-leave = Leave
alerts-forgotten = Your address is forgotten at once.
alerts-unsubscribe = Unsubscribe
alerts-source = Read from the provider’s public page; Midwatch is not affiliated with it.
alerts-keep-secret = Keep this link to yourself: whoever has it can change your alerts.
choice-postmortems = What was learnt from incidents
alerts-slack = Slack
alerts-slack-how = The address of an incoming webhook of Slack; its channel gets the link to confirm.
alerts-one-only = Only about: { $title }
alerts-language = Language of the messages
alerts-or-feeds = Without an address you can follow a feed:
alerts-subscribe = Get alerts
alerts-follow-this = Follow this

trouble-nowhere = Say where alerts should go.
trouble-webhook = The webhook must be a whole address, such as https://example.com/hook.
trouble-slack = That is no address of an incoming webhook of Slack; right would be https://hooks.slack.com/services/…
trouble-no-mail = Alerts by e-mail are not available here.
trouble-email = That is no e-mail address.
trouble-one-place = Choose one place, not several.
trouble-nothing = Choose at least one kind of news.
trouble-no-component = Choose at least one component, or the whole page.

note-ask-heading = Be told about { $name }?
note-ask = Alerts will go to { $address }. Every message has a link to leave.
note-sent-heading = Confirm that it is you
note-sent-mail = We have sent a link there. It may take some minutes; look among the unwanted mail too. Nothing else is sent until you follow it.
note-sent-posted = We post a link there. Nothing else is sent until somebody follows it.
note-back = Back to the status page
note-leaving-heading = Unsubscribe?
note-leaving = You will be told nothing more, and your address is forgotten at once.
note-change-instead = Change what you are told instead
note-left-heading = You have left
note-left = Nothing more will be sent, and your address is forgotten.

## Messages to subscribers

news-heading = { $state }: { $title }
news-begins-in = { PLURAL($count) ->
    [one] Begins in 1 hour
   *[other] Begins in { $count } hours
}
news-reopened = Reopened
news-impact = Impact
news-at = At
news-repeat = You may have this message already: an earlier try may have arrived.
news-why = You asked to be told about this page.
news-change = Change what you are told, or unsubscribe
news-read = Read it on the status page
question-subject = Confirm alerts about { $name }
question-asked = Somebody, we hope you, asked to be told when { $name } has an incident or planned work.
question-yes = Yes, tell me
question-good = { PLURAL($count) ->
    [one] The link is good for 1 hour. If this was not you, do nothing: nothing more will be sent.
   *[other] The link is good for { $count } hours. If this was not you, do nothing: nothing more will be sent.
}

## What the machine says of incidents and of work

said-title = { $services }: { $status } at { $who }
said-major-outage = { $number ->
    [one] { $services } has a major outage.
   *[many] { $services } have a major outage.
}
said-partial-outage = { $number ->
    [one] { $services } has a partial outage.
   *[many] { $services } have a partial outage.
}
said-degraded-performance = { $number ->
    [one] { $services } has degraded performance.
   *[many] { $services } have degraded performance.
}
said-recovered = { $number ->
    [one] { $services } has recovered.
   *[many] { $services } have recovered.
}
said-cause = The cause is at our provider { $who }.
said-report = They report: { $incident } ({ $phase }).
said-quote = “{ $title }”
said-identified = { $reporters ->
    [one] { $who } has identified the cause.
   *[many] { $who } have identified the cause.
}
said-monitoring = { $reporters ->
    [one] { $who } reports that a fix is in place and is watching the result.
   *[many] { $who } report that a fix is in place and are watching the result.
}
said-investigating = { $reporters ->
    [one] { $who } is investigating again.
   *[many] { $who } are investigating again.
}
said-back = The trouble is back.
said-unchanged = Nothing has changed since the last update.
said-watching = We keep watching.
said-calm = The affected services work again. Since the trouble has come back several times, we keep watching before we call this resolved.
said-no-longer-ours = What is shown here is no longer built on { $who }, so this is over here.
said-awaited = The trouble of { $services } is no longer reported. We wait for a reading of { $who } that shows that it is over, and keep watching until then.
said-resolved = { $who } { $reporters ->
    [one] reports
   *[many] report
} recovery; { $services } { $number ->
    [one] is
   *[many] are
} working normally.
said-over = { $who } { $reporters ->
    [one] reports
   *[many] report
} recovery; this trouble of { $services } is over.
said-noticed = We are looking into this.
said-cause-found = The cause has been identified.
said-fix-in-place = A fix is in place, and we are watching the result.
said-looking-again = We are investigating again.
said-reopened = This incident is open again.
said-ended = This incident has been resolved.
said-added-afterwards = This incident is over. It was added afterwards.
said-goes-on-as = This incident goes on as { $incident }.
said-part-of-it = { $incident } is part of this incident.
said-work-planned = This work is planned.
said-work-moved = This work is now planned from { $from } to { $until }.
said-work-begun = This work has begun.
said-work-extended = This work now ends { $until }.
said-work-overrun = The planned time is over, and not everything is as it should be yet. We are looking into it.
said-work-done = This work is done.
said-work-cancelled = This work will not take place.
said-work-failed = This work has run into trouble and goes on as an incident.
said-and = { $others } and { $last }
said-internal-services = Internal services
said-no-provider = a provider
said-only-services = { PLURAL($count) ->
    [one] 1 service
   *[other] { $count } services
}
said-more-services = { PLURAL($count) ->
    [one] 1 more service
   *[other] { $count } more services
}
said-only-providers = { PLURAL($count) ->
    [one] 1 provider
   *[other] { $count } providers
}
said-more-providers = { PLURAL($count) ->
    [one] 1 more provider
   *[other] { $count } more providers
}

## Small parts

list-comma = {", "}
unit-day = d
unit-hour = h
unit-minute = min
unit-second = s
