# Was Statusseiten auf Deutsch sagen.

## Zustände

status-unknown = Keine Daten
status-operational = Betriebsbereit
status-under-maintenance = Wartung
status-degraded-performance = Beeinträchtigte Leistung
status-partial-outage = Teilausfall
status-major-outage = Schwerer Ausfall

within-unknown = keine Daten
within-operational = betriebsbereit
within-under-maintenance = Wartung
within-degraded-performance = beeinträchtigte Leistung
within-partial-outage = Teilausfall
within-major-outage = schwerer Ausfall

state-none = Kein Zustand angegeben
state-foreign = Ein Zustand, den wir nicht kennen ({ $word })

## Auswirkung

impact-unknown = Auswirkung nicht angegeben
impact-none = keine Auswirkung
impact-maintenance = Wartung
impact-minor = gering
impact-major = erheblich
impact-critical = kritisch

## Phasen

phase-open = offen
phase-investigating = wird untersucht
phase-identified = Ursache gefunden
phase-monitoring = wird beobachtet
phase-resolved = behoben

work-announced = angekündigt
work-planned = geplant
work-in-progress = läuft
work-verifying = wird geprüft
work-completed = abgeschlossen
work-cancelled = abgesagt

update-update = Update
update-investigating = Wird untersucht
update-identified = Ursache gefunden
update-monitoring = Wird beobachtet
update-resolved = Behoben
update-postmortem = Postmortem
update-scheduled = Geplant
update-in-progress = Läuft
update-verifying = Wird geprüft
update-completed = Abgeschlossen
update-cancelled = Abgesagt

## Das Urteil

no-services-yet = Noch keine Dienste
within-no-services-yet = noch keine Dienste
all-services-operational = Alle Dienste sind betriebsbereit
within-all-services-operational = alle Dienste sind betriebsbereit
incidents-still-open = { PLURAL($count) ->
    [one] 1 Vorfall noch offen
   *[other] { $count } Vorfälle noch offen
}

part-operational = { $part } von { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] Komponente
       *[service] Dienst
    }
   *[other] { $all } { $kind ->
        [component] Komponenten
       *[service] Diensten
    }
} betriebsbereit
part-all-operational = { PLURAL($all) ->
    [one] { $part } { $kind ->
        [component] Komponente
       *[service] Dienst
    } betriebsbereit
   *[other] Alle { $part } { $kind ->
        [component] Komponenten
       *[service] Dienste
    } betriebsbereit
}
part-unstated = { $part } von { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] Komponente
       *[service] Dienst
    }
   *[other] { $all } { $kind ->
        [component] Komponenten
       *[service] Diensten
    }
} in einem Zustand, den wir nicht kennen
part-unread = Keine Daten zu { $part } von { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] Komponente
       *[service] Dienst
    }
   *[other] { $all } { $kind ->
        [component] Komponenten
       *[service] Diensten
    }
}
part-in-work = { $part } von { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] Komponente
       *[service] Dienst
    }
   *[other] { $all } { $kind ->
        [component] Komponenten
       *[service] Diensten
    }
} in geplanter Wartung
part-affected = { $part } von { PLURAL($all) ->
    [one] 1 { $kind ->
        [component] Komponente
       *[service] Dienst
    }
   *[other] { $all } { $kind ->
        [component] Komponenten
       *[service] Diensten
    }
} betroffen
part-of-third-party = { $what } (von Dritten)
part-of-third-parties = { $what } (alle von Dritten)
part-some-of-third-parties = { PLURAL($count) ->
    [one] { $what }, davon 1 von Dritten
   *[other] { $what }, davon { $count } von Dritten
}
whole-page-affected = Für die gesamte Seite gemeldet

detail-since = { $what } seit { $time } ({ $length })
detail-at-first-reading = { $what }, schon so, als wir zuerst hinsahen ({ $time })
detail-and-unread = { $detail }; keine Daten zu { $count }
detail-and-unstated = { $detail }; ein Zustand, den wir nicht kennen, bei { $count }

so-since = { $what } seit { $time }
so-already-at = { $what }, schon so um { $time }

caused-by = Verursacht durch { $cause }
no-reading-of = Keine Daten von { $provider }
last-known = Letzter bekannter Zustand: { $status }

## Neunzig Tage

days-ago = { PLURAL($count) ->
    [one] vor 1 Tag
   *[other] vor { $count } Tagen
}
today = heute
days-from-the-second = Tage werden ab dem zweiten Tag mit Daten gezeigt.
days-summary = { PLURAL($days) ->
    [one] { $name }, letzter Tag: { $caption }
   *[other] { $name }, letzte { $days } Tage: { $caption }
}
days-table = { $name }: die Tage, an denen nicht alles in Ordnung war; an allen anderen betriebsbereit
days-no-trouble = Keine Störung
days-no-trouble-within = keine Störung
days-trouble = { PLURAL($count) ->
    [one] 1 Tag mit Störung
   *[other] { $count } Tage mit Störungen
}
days-work = { PLURAL($count) ->
    [one] 1 Tag mit Wartung
   *[other] { $count } Tage mit Wartung
}
days-unknown = { PLURAL($count) ->
    [one] 1 Tag ohne Daten
   *[other] { $count } Tage ohne Daten
}
minutes-down = Ausfall { $length }
minutes-degraded = beeinträchtigt { $length }
minutes-maintenance = Wartung { $length }
minutes-unknown = keine Daten { $length }
third-party = Drittanbieter

## Vorfälle

dates-resolved = { $from } · behoben am { $until }
started-at = begonnen { $time }
posted-at = gemeldet { $time }
first-seen-at = zuerst gesehen { $time }
posted-after-start = { $length } nach Beginn gemeldet
posted-after-end = { $length } nach Beginn gemeldet, als es vorbei war
work-from = ab { $time }
work-until = bis { $time }
work-end-not-announced = Ende nicht angekündigt
work-time-not-announced = Zeit nicht angekündigt
cause = Ursache: { $cause }
work-of-provider = Geplant von unserem Anbieter { $provider }
next-update-by = Nächstes Update bis { $time }
updates-count = { PLURAL($count) ->
    [one] 1 Update
   *[other] { $count } Updates
}
edited-first-seen = geändert, so zuerst gesehen { $time }
what-was-changed = Was geändert wurde
no-time-given = ohne Zeitangabe
read-all = Alles lesen
untitled = Ohne Titel
post-mortem = Postmortem
actions-heading = Was wir dagegen tun
action-by = bis { $day }
action-done = erledigt

all-incidents = alle Vorfälle
impact-over-time = Auswirkung im Verlauf
wave-of = { $status }, { $span }, { $length }
wave-since = { $status } seit { $time }
added-afterwards = Nachträglich eingetragen
goes-on-as = Geht weiter als { $incident }
reported-by = Gemeldet von { $names }
facts = Fakten
at-the-provider = Beim Anbieter ↗
affected = Betroffen
no-component-named = keine Komponente genannt
updates = Updates
newest-first = neueste zuerst
nothing-said-so-far = Bisher wurde nichts mitgeteilt.
other-incidents = Andere Vorfälle
newer = Neuer
older = Älter

clock-started = Beginn
clock-first-word = Erste öffentliche Meldung
clock-first-seen = Von uns gesehen
clock-resolved = Behoben
clock-starts = Beginn
clock-ends = Ende
at-once = sofort
after-the-start = { $length } nach Beginn
over-already = als es schon vorbei war
as-soon-as-posted = gleich nach der Meldung
after-it-was-posted = { $length } nach der Meldung
after-the-first-word = { $length } nach der ersten öffentlichen Meldung
start-not-stated = der Beginn ist nicht angegeben
time-not-stated = die Zeit ist nicht angegeben
end-not-stated = das Ende ist nicht angegeben
not-announced = nicht angekündigt
not-yet = noch nicht

## Die Seite

title-of = { $what } · { $page }
page-says = { $page }: { $what }
site = Website
language = Sprache:
skip-to-content = Zum Inhalt springen
history = Verlauf
uptime = Verfügbarkeit
follow = Folgen
now = Aktuell
service = Dienst
services = Dienste
components = Komponenten
incidents = Vorfälle
incidents-of = Vorfälle von { $page }
maintenance = Wartung
planned-work = Geplante Wartung
past-incidents = Vergangene Vorfälle
all = Alle
no-services-shown = Auf dieser Seite werden noch keine Dienste gezeigt.
no-incidents-so-far = Bisher keine Vorfälle.
incident-history = Verlauf der Vorfälle
atom-feed = Atom-Feed
rss-feed = RSS-Feed
calendar-of-work = Kalender der Wartungen
badge = Badge
plain-text = Nur Text
as-of = Stand: { $time }
as-of-within = Stand: { $time }
times-in = Alle Zeiten in { $zone }
this-old = { $age } alt
times-here = Alle Zeiten in Ihrer Zeitzone, { $zone }
how-uptime-is-computed = wie die Verfügbarkeit berechnet wird
kept-by-midwatch = Geführt mit Midwatch
link-site = Website
link-support = Hilfe
link-legal = Impressum
gate-title = Diese Seite ist geschützt
gate-ask = Wer sie führt, hat das Passwort denen gegeben, für die sie bestimmt ist.
gate-password = Passwort
gate-open = Öffnen
gate-wrong = Das ist nicht ihr Passwort.

## Verfügbarkeit

figure-of-all = 90 Tage · { $share }, Zeit ohne Daten nicht gerechnet
all-together = Insgesamt
no-data = keine Daten
uptime-formula = Verfügbarkeit = 1 − Ausfall / (Zeitraum − Wartung − ohne Daten)
uptime-explained = Ausfall ist die Zeit in Teilausfall oder schwerem Ausfall. Wartung und Zeit ohne Daten sind getrennt angegeben und zählen weder dafür noch dagegen. Die Werte sind abgerundet. Tage beginnen um Mitternacht UTC.
uptime-of-all = Alle zusammen zählt in jedem Augenblick den schlechtesten Zustand aller Dienste: Ausfall, wenn einer ausgefallen war, ohne Daten, wenn von keinem etwas bekannt ist.
uptime-as-data = Die Zeitabschnitte, aus denen sich alle Werte nachrechnen lassen:
down-origin = Woher Ausfälle kamen
down-by-providers = Von Anbietern
down-by-each = Welche Anbieter
down-origin-explained = Die letzten 90 Tage. Ein Ausfall kam von einem Anbieter, solange ein öffentlicher Vorfall, der den Dienst betrifft, andauert und den Anbieter als Ursache nennt. Sind es mehrere, zählt ein Augenblick einmal, für den, dessen Störung zuerst begann. Der Rest ist unser eigener oder von unbekannter Herkunft.
uptime-by-month = Verfügbarkeit nach Monat
window-24-hours = 24 Stunden
window-12-months = 12 Monate
window-7-days = 7 Tage
window-30-days = 30 Tage
window-90-days = 90 Tage
uptime-figures = Werte der Verfügbarkeit
down = Ausfall
no-reading = Ohne Daten
window = Zeitraum

## Meldungen

alerts-about = Meldungen zu { $name }
alerts-description = Per E-Mail oder Webhook erfahren, wenn es bei { $name } einen Vorfall oder eine geplante Wartung gibt.
alerts-how = Eine Nachricht, wenn sich etwas ändert, danach höchstens eine in fünf Minuten. Sie bestätigen zuerst über einen Link und melden sich über einen Link in jeder Nachricht ab.
alerts-where = Wohin
alerts-email = E-Mail
alerts-or = oder
alerts-no-mail = Meldungen per E-Mail gibt es hier nicht: Diese Installation hat keinen Mailserver.
alerts-webhook = Webhook
alerts-webhook-signed = Ein Webhook erhält signierte Anfragen nach Standard Webhooks; die erste enthält den Link zur Bestätigung.
alerts-ask = Meldungen anfordern
alerts-address-kept = Eine Adresse wird gespeichert, bis Sie sich abmelden, und für nichts anderes verwendet.
choice-about = Worüber
choice-incidents = Vorfälle und Ausfälle
choice-work = Geplante Wartung
choice-least = Störungen melden:
least-any = jeder Art
least-degraded = beeinträchtigte Leistung oder schlimmer
least-partial = Teilausfall oder schlimmer
least-major = nur schwerer Ausfall
choice-whole = Die gesamte Seite von { $name }
choice-some = Nur diese:
alerts-yours = Ihre Meldungen zu { $name }
alerts-go-to = Sie gehen an { $address }.
alerts-saved = Gespeichert. Das erfahren Sie von nun an.
alerts-save = Speichern
alerts-signatures = Signaturen prüfen
alerts-secret = Anfragen werden mit diesem Geheimnis nach Standard Webhooks signiert. Wer es hat, kann in unserem Namen schreiben.
alerts-leave = Abmelden
alerts-forgotten = Ihre Adresse wird sofort vergessen.
alerts-unsubscribe = Abbestellen
alerts-source = Gelesen von der öffentlichen Seite des Anbieters; Midwatch ist mit ihm nicht verbunden.
alerts-keep-secret = Behalten Sie diesen Link für sich: Wer ihn hat, kann Ihre Meldungen ändern.
choice-postmortems = Was aus Vorfällen gelernt wurde
alerts-slack = Slack
alerts-slack-how = Die Adresse eines Incoming Webhook von Slack; dessen Kanal erhält den Link zur Bestätigung.
alerts-one-only = Nur zu: { $title }
alerts-language = Sprache der Nachrichten
alerts-or-feeds = Ohne Adresse können Sie einem Feed folgen:
alerts-subscribe = Meldungen erhalten
alerts-follow-this = Hierzu Meldungen erhalten

trouble-nowhere = Geben Sie an, wohin die Meldungen gehen sollen.
trouble-webhook = Der Webhook muss eine ganze Adresse sein, etwa https://example.com/hook.
trouble-slack = Das ist keine Adresse eines Incoming Webhook von Slack; richtig wäre https://hooks.slack.com/services/…
trouble-no-mail = Meldungen per E-Mail gibt es hier nicht.
trouble-email = Das ist keine E-Mail-Adresse.
trouble-one-place = Wählen Sie einen Ort, nicht mehrere.
trouble-nothing = Wählen Sie mindestens eine Art von Nachrichten.
trouble-no-component = Wählen Sie mindestens eine Komponente oder die gesamte Seite.

note-ask-heading = Meldungen zu { $name } erhalten?
note-ask = Meldungen gehen an { $address }. Jede Nachricht hat einen Link zum Abmelden.
note-sent-heading = Bestätigen Sie, dass Sie es sind
note-sent-mail = Wir haben einen Link dorthin geschickt. Das kann einige Minuten dauern; sehen Sie auch unter der unerwünschten Post nach. Sonst wird nichts geschickt, bis Sie ihm folgen.
note-sent-posted = Wir schicken einen Link dorthin. Sonst wird nichts geschickt, bis jemand ihm folgt.
note-back = Zurück zur Statusseite
note-leaving-heading = Abbestellen?
note-leaving = Sie erfahren nichts mehr, und Ihre Adresse wird sofort vergessen.
note-change-instead = Stattdessen ändern, was Sie erfahren
note-left-heading = Sie sind abgemeldet
note-left = Es wird nichts mehr geschickt, und Ihre Adresse ist vergessen.

## Nachrichten an Abonnenten

news-heading = { $state }: { $title }
news-begins-in = { PLURAL($count) ->
    [one] Beginnt in 1 Stunde
   *[other] Beginnt in { $count } Stunden
}
news-reopened = Wieder offen
news-impact = Auswirkung
news-at = Zeit
news-repeat = Vielleicht haben Sie diese Nachricht schon: Ein früherer Versuch könnte angekommen sein.
news-why = Sie wollten zu dieser Seite Meldungen erhalten.
news-change = Ändern, was Sie erfahren, oder abbestellen
news-read = Auf der Statusseite lesen
question-subject = Meldungen zu { $name } bestätigen
question-asked = Jemand, hoffentlich Sie, möchte erfahren, wenn es bei { $name } einen Vorfall oder eine geplante Wartung gibt.
question-yes = Ja, Meldungen schicken
question-good = { PLURAL($count) ->
    [one] Der Link gilt 1 Stunde. Waren Sie es nicht, tun Sie nichts: Es wird nichts weiter geschickt.
   *[other] Der Link gilt { $count } Stunden. Waren Sie es nicht, tun Sie nichts: Es wird nichts weiter geschickt.
}

## Was die Maschine zu Vorfällen und Wartungen sagt

said-title = { $services }: { $status } bei { $who }
said-major-outage = Schwerer Ausfall: { $services }.
said-partial-outage = Teilausfall: { $services }.
said-degraded-performance = Beeinträchtigte Leistung: { $services }.
said-recovered = Wieder in Betrieb: { $services }.
said-cause = Die Ursache liegt bei unserem Anbieter { $who }.
said-report = Dort wird gemeldet: { $incident } ({ $phase }).
said-quote = „{ $title }“
said-identified = { $reporters ->
    [one] { $who } hat die Ursache gefunden.
   *[many] { $who } haben die Ursache gefunden.
}
said-monitoring = { $reporters ->
    [one] { $who } meldet, dass eine Behebung eingespielt ist, und beobachtet das Ergebnis.
   *[many] { $who } melden, dass eine Behebung eingespielt ist, und beobachten das Ergebnis.
}
said-investigating = { $reporters ->
    [one] { $who } untersucht die Störung erneut.
   *[many] { $who } untersuchen die Störung erneut.
}
said-back = Die Störung ist wieder da.
said-unchanged = Seit dem letzten Update hat sich nichts geändert.
said-watching = Wir beobachten weiter.
said-calm = Die betroffenen Dienste funktionieren wieder. Da die Störung mehrmals zurückgekehrt ist, beobachten wir weiter, bevor wir sie als behoben bezeichnen.
said-no-longer-ours = Was hier gezeigt wird, baut nicht mehr auf { $who } auf; damit ist es hier vorbei.
said-awaited = Die Störung wird nicht mehr gemeldet. Betroffen: { $services }. Wir warten auf Daten von { $who }, die zeigen, dass sie vorbei ist, und beobachten bis dahin weiter.
said-resolved = { $who } { $reporters ->
    [one] meldet
   *[many] melden
} die Behebung; { $number ->
    [one] wieder normal in Betrieb ist { $services }
   *[many] wieder normal in Betrieb sind { $services }
}.
said-over = { $who } { $reporters ->
    [one] meldet
   *[many] melden
} die Behebung; diese Störung ist vorbei. Betroffen: { $services }.
said-noticed = Wir untersuchen die Störung.
said-cause-found = Die Ursache ist gefunden.
said-fix-in-place = Eine Behebung ist eingespielt, und wir beobachten das Ergebnis.
said-looking-again = Wir untersuchen die Störung erneut.
said-reopened = Dieser Vorfall ist wieder offen.
said-ended = Dieser Vorfall ist behoben.
said-added-afterwards = Dieser Vorfall ist vorbei. Er wurde nachträglich erfasst.
said-goes-on-as = Dieser Vorfall wird als { $incident } weitergeführt.
said-part-of-it = { $incident } ist Teil dieses Vorfalls.
said-work-planned = Diese Wartung ist geplant.
said-work-moved = Diese Wartung ist jetzt von { $from } bis { $until } geplant.
said-work-begun = Diese Wartung hat begonnen.
said-work-extended = Diese Wartung endet jetzt am { $until }.
said-work-overrun = Die geplante Zeit ist vorbei, und noch ist nicht alles, wie es sein soll. Wir untersuchen es.
said-work-done = Diese Wartung ist abgeschlossen.
said-work-cancelled = Diese Wartung findet nicht statt.
said-work-failed = Bei dieser Wartung ist eine Störung aufgetreten; sie wird als Vorfall weitergeführt.
said-and = { $others } und { $last }
said-internal-services = interne Dienste
said-no-provider = ein Anbieter
said-only-services = { PLURAL($count) ->
    [one] 1 Dienst
   *[other] { $count } Dienste
}
said-more-services = { PLURAL($count) ->
    [one] 1 weiterer Dienst
   *[other] { $count } weitere Dienste
}
said-only-providers = { PLURAL($count) ->
    [one] 1 Anbieter
   *[other] { $count } Anbieter
}
said-more-providers = { PLURAL($count) ->
    [one] 1 weiterer Anbieter
   *[other] { $count } weitere Anbieter
}

## Kleine Teile

list-comma = {", "}
unit-day = Tg.
unit-hour = Std.
unit-minute = Min.
unit-second = Sek.
