# Ciò che le pagine di stato dicono in italiano.

## Stati

status-unknown = Nessun dato
status-operational = Operativo
status-under-maintenance = In manutenzione
status-degraded-performance = Prestazioni ridotte
status-partial-outage = Interruzione parziale
status-major-outage = Interruzione grave

within-unknown = nessun dato
within-operational = operativo
within-under-maintenance = in manutenzione
within-degraded-performance = prestazioni ridotte
within-partial-outage = interruzione parziale
within-major-outage = interruzione grave

state-none = Nessuno stato indicato
state-foreign = Uno stato che non conosciamo ({ $word })

## Impatto

impact-unknown = impatto non indicato
impact-none = nessun impatto
impact-maintenance = manutenzione
impact-minor = lieve
impact-major = grave
impact-critical = critico

## Fasi

phase-open = aperto
phase-investigating = in fase di analisi
phase-identified = causa identificata
phase-monitoring = in monitoraggio
phase-resolved = risolto

work-announced = annunciata
work-planned = pianificata
work-in-progress = in corso
work-verifying = in verifica
work-completed = completata
work-cancelled = annullata

update-update = Aggiornamento
update-investigating = In fase di analisi
update-identified = Causa identificata
update-monitoring = In monitoraggio
update-resolved = Risolto
update-postmortem = Post mortem
update-scheduled = Pianificata
update-in-progress = In corso
update-verifying = In verifica
update-completed = Completata
update-cancelled = Annullata

## Il verdetto

no-services-yet = Ancora nessun servizio
within-no-services-yet = ancora nessun servizio
all-services-operational = Tutti i servizi sono operativi
within-all-services-operational = tutti i servizi sono operativi
incidents-still-open = { PLURAL($count) ->
    [one] 1 incidente ancora aperto
   *[other] { $count } incidenti ancora aperti
}

part-operational = { PLURAL($part) ->
    [one] 1 { $kind ->
        [component] componente
       *[service] servizio
    } su { $all } operativo
   *[other] { $part } { $kind ->
        [component] componenti
       *[service] servizi
    } su { $all } operativi
}
part-all-operational = { PLURAL($all) ->
    [one] { $part } { $kind ->
        [component] componente
       *[service] servizio
    } su { $all } operativo
   *[other] Tutti i { $part } { $kind ->
        [component] componenti
       *[service] servizi
    } operativi
}
part-unstated = { PLURAL($part) ->
    [one] 1 { $kind ->
        [component] componente
       *[service] servizio
    } su { $all } in uno stato che non conosciamo
   *[other] { $part } { $kind ->
        [component] componenti
       *[service] servizi
    } su { $all } in uno stato che non conosciamo
}
part-unread = { PLURAL($part) ->
    [one] Nessun dato per 1 { $kind ->
        [component] componente
       *[service] servizio
    } su { $all }
   *[other] Nessun dato per { $part } { $kind ->
        [component] componenti
       *[service] servizi
    } su { $all }
}
part-in-work = { PLURAL($part) ->
    [one] 1 { $kind ->
        [component] componente
       *[service] servizio
    } su { $all } in manutenzione pianificata
   *[other] { $part } { $kind ->
        [component] componenti
       *[service] servizi
    } su { $all } in manutenzione pianificata
}
part-affected = { PLURAL($part) ->
    [one] 1 { $kind ->
        [component] componente
       *[service] servizio
    } su { $all } con problemi
   *[other] { $part } { $kind ->
        [component] componenti
       *[service] servizi
    } su { $all } con problemi
}
part-of-third-party = { $what }, di terzi
part-of-third-parties = { $what }, tutti di terzi
part-some-of-third-parties = { PLURAL($count) ->
    [one] { $what }, di cui uno di terzi
   *[other] { $what }, di cui { $count } di terzi
}
whole-page-affected = Segnalato per l’intera pagina

detail-since = { $what }, inizio { $time } ({ $length })
detail-at-first-reading = { $what }, già così alla prima lettura ({ $time })
detail-and-unread = { $detail }; nessun dato per { $count }
detail-and-unstated = { $detail }; uno stato che non conosciamo per { $count }

so-since = { $what }, inizio { $time }
so-already-at = { $what }, già così alle { $time }

caused-by = Causato da { $cause }
no-reading-of = Nessun dato da { $provider }
last-known = Ultimo stato noto: { $status }

## Novanta giorni

days-ago = { PLURAL($count) ->
    [one] 1 giorno fa
   *[other] { $count } giorni fa
}
today = oggi
days-from-the-second = I giorni vengono mostrati dal secondo giorno di rilevazioni.
days-summary = { PLURAL($days) ->
    [one] { $name }, ultimo giorno: { $caption }
   *[other] { $name }, ultimi { $days } giorni: { $caption }
}
days-table = { $name }: i giorni non del tutto regolari; in tutti gli altri era operativo
days-no-trouble = Nessun problema
days-no-trouble-within = nessun problema
days-trouble = { PLURAL($count) ->
    [one] 1 giorno con problemi
   *[other] { $count } giorni con problemi
}
days-work = { PLURAL($count) ->
    [one] 1 giorno con manutenzione
   *[other] { $count } giorni con manutenzione
}
days-unknown = { PLURAL($count) ->
    [one] 1 giorno senza dati
   *[other] { $count } giorni senza dati
}
minutes-down = fuori servizio { $length }
minutes-degraded = prestazioni ridotte { $length }
minutes-maintenance = manutenzione { $length }
minutes-unknown = nessun dato { $length }
third-party = terze parti

## Incidenti

dates-resolved = { $from } · risolto il { $until }
started-at = inizio { $time }
posted-at = pubblicato { $time }
first-seen-at = visto la prima volta { $time }
posted-after-start = pubblicato { $length } dopo l’inizio
posted-after-end = pubblicato { $length } dopo l’inizio, a problema finito
work-from = inizio { $time }
work-until = fine { $time }
work-end-not-announced = fine non annunciata
work-time-not-announced = orario non annunciato
cause = Causa: { $cause }
work-of-provider = Pianificata dal nostro fornitore { $provider }
next-update-by = Prossimo aggiornamento entro: { $time }
updates-count = { PLURAL($count) ->
    [one] 1 aggiornamento
   *[other] { $count } aggiornamenti
}
edited-first-seen = modificato, visto così la prima volta { $time }
what-was-changed = Che cosa è cambiato
no-time-given = orario non indicato
read-all = Leggi tutto
untitled = Senza titolo
post-mortem = Post mortem
actions-heading = Che cosa facciamo al riguardo
action-by = entro il { $day }
action-done = fatto

all-incidents = tutti gli incidenti
impact-over-time = Impatto nel tempo
wave-of = { $status }, { $span }, { $length }
wave-since = { $status } dal { $time }
added-afterwards = Aggiunto in seguito
goes-on-as = Continua come { $incident }
reported-by = Segnalato da { $names }
facts = In breve
at-the-provider = Dal fornitore ↗
affected = Coinvolti
no-component-named = nessun componente indicato
updates = Aggiornamenti
newest-first = dal più recente
nothing-said-so-far = Finora nessun aggiornamento.
other-incidents = Altri incidenti
newer = Più recente
older = Meno recente

clock-started = Inizio
clock-first-word = Primo avviso pubblico
clock-first-seen = Visto da noi
clock-resolved = Risolto
clock-starts = Inizio
clock-ends = Fine
at-once = subito
after-the-start = { $length } dopo l’inizio
over-already = quando era già finito
as-soon-as-posted = appena pubblicato
after-it-was-posted = { $length } dopo la pubblicazione
after-the-first-word = { $length } dopo il primo avviso pubblico
start-not-stated = l’inizio non è indicato
time-not-stated = l’orario non è indicato
end-not-stated = la fine non è indicata
not-announced = non annunciato
not-yet = non ancora

## La pagina

title-of = { $what } · { $page }
page-says = { $page }: { $what }
site = Sito
language = Lingua:
skip-to-content = Vai al contenuto
history = Cronologia
uptime = Disponibilità
follow = Segui
now = In corso
service = Servizio
services = Servizi
components = Componenti
incidents = Incidenti
incidents-of = Incidenti di { $page }
maintenance = Manutenzione
planned-work = Manutenzioni pianificate
past-incidents = Incidenti passati
all = Tutti
no-services-shown = Questa pagina non mostra ancora servizi.
no-incidents-so-far = Finora nessun incidente.
incident-history = Cronologia degli incidenti
atom-feed = Feed Atom
rss-feed = Feed RSS
calendar-of-work = Calendario delle manutenzioni
badge = Badge
plain-text = Testo semplice
as-of = Aggiornato: { $time }
as-of-within = aggiornato: { $time }
times-in = Tutti gli orari sono in { $zone }
this-old = di { $age } fa
times-here = Tutti gli orari sono nel tuo fuso, { $zone }
how-uptime-is-computed = come si calcola la disponibilità
kept-by-midwatch = Gestita con Midwatch
link-site = Sito web
link-support = Assistenza
link-legal = Note legali
gate-title = Questa pagina è protetta
gate-ask = Chi la gestisce ha dato la password alle persone a cui è destinata.
gate-password = Password
gate-open = Apri
gate-wrong = Questa non è la sua password.

## Disponibilità

figure-of-all = 90 giorni · { $share } escluso il tempo senza dati
all-together = Nel complesso
no-data = nessun dato
uptime-formula = disponibilità = 1 − fuori servizio / (periodo − manutenzione − senza dati)
uptime-explained = È fuori servizio il tempo in interruzione parziale o grave. Il tempo in manutenzione e quello senza dati sono indicati a parte e non contano né a favore né contro. I valori sono arrotondati per difetto. I giorni iniziano a mezzanotte UTC.
uptime-of-all = L’insieme conta in ogni istante lo stato peggiore di tutti i servizi: fuori servizio se lo era almeno uno, senza dati se di nessuno si sa qualcosa.
uptime-as-data = Gli intervalli da cui si può ricalcolare ogni valore:
down-origin = Da dove vengono i fuori servizio
down-by-providers = Da fornitori
down-by-each = Quali fornitori
down-origin-explained = Gli ultimi 90 giorni. Un fuori servizio viene da un fornitore finché dura un incidente pubblico che riguarda il servizio e indica il fornitore come causa. Se sono più d’uno, ogni momento conta una volta sola, per quello i cui problemi sono iniziati prima. Il resto è nostro o di origine sconosciuta.
uptime-by-month = Disponibilità per mese
window-24-hours = 24 ore
window-12-months = 12 mesi
window-7-days = 7 giorni
window-30-days = 30 giorni
window-90-days = 90 giorni
uptime-figures = Valori di disponibilità
down = Fuori servizio
no-reading = Senza dati
window = Periodo

## Avvisi

alerts-about = Avvisi su { $name }
alerts-description = Ricevi un avviso per e-mail o webhook quando { $name } ha un incidente o una manutenzione pianificata.
alerts-how = Un messaggio quando qualcosa cambia, poi al massimo uno ogni cinque minuti. Prima confermi con un link; per smettere c’è un link in ogni messaggio.
alerts-where = Dove
alerts-email = E-mail
alerts-or = oppure
alerts-no-mail = Qui gli avvisi per e-mail non sono disponibili: questa installazione non ha un server di posta.
alerts-webhook = Webhook
alerts-webhook-signed = Un webhook riceve richieste firmate secondo Standard Webhooks; la prima contiene il link di conferma.
alerts-ask = Richiedi gli avvisi
alerts-address-kept = L’indirizzo viene conservato finché non ti cancelli e non serve ad altro.
choice-about = Di che cosa
choice-incidents = Incidenti e interruzioni
choice-work = Manutenzioni pianificate
choice-least = Avvisami dei problemi:
least-any = di ogni gravità
least-degraded = prestazioni ridotte o peggio
least-partial = interruzione parziale o peggio
least-major = solo interruzione grave
choice-whole = L’intera pagina di { $name }
choice-some = Solo questi:
alerts-yours = I tuoi avvisi su { $name }
alerts-go-to = Arrivano a { $address }.
alerts-saved = Salvato. D’ora in poi riceverai questo.
alerts-save = Salva
alerts-signatures = Verifica delle firme
alerts-secret = Le richieste sono firmate con questo segreto, secondo Standard Webhooks. Chi lo possiede può scrivere a nostro nome.
alerts-leave = Cancellazione
alerts-forgotten = Il tuo indirizzo viene dimenticato subito.
alerts-unsubscribe = Annulla l’iscrizione
alerts-source = Letto dalla pagina pubblica del fornitore; Midwatch non è affiliato a esso.
alerts-keep-secret = Tieni per te questo link: chi lo possiede può cambiare i tuoi avvisi.
choice-postmortems = Che cosa si è imparato dagli incidenti
alerts-slack = Slack
alerts-slack-how = L’indirizzo di un incoming webhook di Slack; il suo canale riceve il link di conferma.
alerts-one-only = Solo su: { $title }
alerts-language = Lingua dei messaggi
alerts-or-feeds = Senza lasciare un indirizzo puoi seguire un feed:
alerts-subscribe = Ricevi avvisi
alerts-follow-this = Segui questo

trouble-nowhere = Indica dove inviare gli avvisi.
trouble-webhook = Il webhook deve essere un indirizzo intero, come https://example.com/hook.
trouble-slack = Non è l’indirizzo di un incoming webhook di Slack; andrebbe bene https://hooks.slack.com/services/…
trouble-no-mail = Qui gli avvisi per e-mail non sono disponibili.
trouble-email = Non è un indirizzo e-mail.
trouble-one-place = Scegli un solo posto, non più di uno.
trouble-nothing = Scegli almeno un tipo di notizie.
trouble-no-component = Scegli almeno un componente, o l’intera pagina.

note-ask-heading = Vuoi ricevere avvisi su { $name }?
note-ask = Gli avvisi arriveranno a { $address }. Ogni messaggio ha un link per cancellarsi.
note-sent-heading = Conferma che sei tu
note-sent-mail = Abbiamo inviato un link a quell’indirizzo. Può volerci qualche minuto; guarda anche tra la posta indesiderata. Non viene inviato altro finché non lo segui.
note-sent-posted = Inviamo un link a quell’indirizzo. Non viene inviato altro finché qualcuno non lo segue.
note-back = Torna alla pagina di stato
note-leaving-heading = Annullare l’iscrizione?
note-leaving = Non riceverai più nulla e il tuo indirizzo viene dimenticato subito.
note-change-instead = Cambia invece ciò che ricevi
note-left-heading = Iscrizione annullata
note-left = Non verrà inviato altro e il tuo indirizzo è dimenticato.

## Messaggi agli iscritti

news-heading = { $state }: { $title }
news-begins-in = { PLURAL($count) ->
    [one] Inizia tra 1 ora
   *[other] Inizia tra { $count } ore
}
news-reopened = Riaperto
news-impact = Impatto
news-at = Ora
news-repeat = Potresti avere già questo messaggio: un tentativo precedente potrebbe essere arrivato.
news-why = Hai chiesto di ricevere avvisi su questa pagina.
news-change = Cambia ciò che ricevi o annulla l’iscrizione
news-read = Leggi sulla pagina di stato
question-subject = Conferma gli avvisi su { $name }
question-asked = Qualcuno, speriamo tu, ha chiesto di essere avvisato quando { $name } ha un incidente o una manutenzione pianificata.
question-yes = Sì, avvisami
question-good = { PLURAL($count) ->
    [one] Il link vale 1 ora. Se non sei stato tu, non fare nulla: non verrà inviato altro.
   *[other] Il link vale { $count } ore. Se non sei stato tu, non fare nulla: non verrà inviato altro.
}

## Ciò che la macchina dice di incidenti e manutenzioni

said-title = { $services }: { $status } presso { $who }
said-major-outage = Interruzione grave: { $services }.
said-partial-outage = Interruzione parziale: { $services }.
said-degraded-performance = Prestazioni ridotte: { $services }.
said-recovered = { $number ->
    [one] Di nuovo operativo: { $services }.
   *[many] Di nuovo operativi: { $services }.
}
said-cause = La causa è presso il nostro fornitore { $who }.
said-report = Il fornitore segnala: { $incident } ({ $phase }).
said-quote = «{ $title }»
said-identified = { $reporters ->
    [one] { $who } ha identificato la causa.
   *[many] { $who } hanno identificato la causa.
}
said-monitoring = { $reporters ->
    [one] { $who } comunica di aver applicato una correzione e ne osserva il risultato.
   *[many] { $who } comunicano di aver applicato una correzione e ne osservano il risultato.
}
said-investigating = { $reporters ->
    [one] { $who } sta di nuovo analizzando il problema.
   *[many] { $who } stanno di nuovo analizzando il problema.
}
said-back = Il problema si è ripresentato.
said-unchanged = Nulla è cambiato dall’ultimo aggiornamento.
said-watching = Continuiamo a osservare.
said-calm = I servizi interessati funzionano di nuovo. Poiché il problema si è ripresentato più volte, continuiamo a osservare prima di considerarlo risolto.
said-no-longer-ours = Ciò che è mostrato qui non si basa più su { $who }: qui la vicenda è chiusa.
said-awaited = Il problema di { $services } non è più segnalato. Attendiamo da { $who } un dato che mostri che è finito e fino ad allora continuiamo a osservare.
said-resolved = { $who } { $reporters ->
    [one] segnala
   *[many] segnalano
} il ripristino; { $services } { $number ->
    [one] funziona
   *[many] funzionano
} normalmente.
said-over = { $who } { $reporters ->
    [one] segnala
   *[many] segnalano
} il ripristino; questo problema di { $services } è finito.
said-noticed = Stiamo esaminando il problema.
said-cause-found = La causa è stata identificata.
said-fix-in-place = È stata applicata una correzione e ne osserviamo il risultato.
said-looking-again = Stiamo di nuovo analizzando il problema.
said-reopened = Questo incidente è di nuovo aperto.
said-ended = Questo incidente è stato risolto.
said-added-afterwards = Questo incidente è finito. È stato aggiunto a posteriori.
said-goes-on-as = Questo incidente continua come { $incident }.
said-part-of-it = { $incident } fa parte di questo incidente.
said-work-planned = Questa manutenzione è pianificata.
said-work-moved = Questa manutenzione è ora pianificata dal { $from } al { $until }.
said-work-begun = Questa manutenzione è iniziata.
said-work-extended = Questa manutenzione ora finisce il { $until }.
said-work-overrun = Il tempo previsto è trascorso e non tutto è ancora come dovrebbe. Lo stiamo esaminando.
said-work-done = Questa manutenzione è completata.
said-work-cancelled = Questa manutenzione non avrà luogo.
said-work-failed = Questa manutenzione ha incontrato un problema e continua come incidente.
said-and = { $others } e { $last }
said-internal-services = servizi interni
said-no-provider = un fornitore
said-only-services = { PLURAL($count) ->
    [one] 1 servizio
   *[other] { $count } servizi
}
said-more-services = { PLURAL($count) ->
    [one] 1 altro servizio
   *[other] altri { $count } servizi
}
said-only-providers = { PLURAL($count) ->
    [one] 1 fornitore
   *[other] { $count } fornitori
}
said-more-providers = { PLURAL($count) ->
    [one] 1 altro fornitore
   *[other] altri { $count } fornitori
}

## Piccole parti

list-comma = {", "}
unit-day = g
unit-hour = h
unit-minute = min
unit-second = s
