# ما تقوله صفحات الحالة بالعربية.

## الحالات

status-unknown = لا بيانات
status-operational = قيد التشغيل
status-under-maintenance = قيد الصيانة
status-degraded-performance = أداء منخفض
status-partial-outage = انقطاع جزئي
status-major-outage = انقطاع كبير

within-unknown = لا بيانات
within-operational = قيد التشغيل
within-under-maintenance = قيد الصيانة
within-degraded-performance = أداء منخفض
within-partial-outage = انقطاع جزئي
within-major-outage = انقطاع كبير

state-none = لم تُذكر حالة
state-foreign = حالة لا نعرفها ({ $word })

## التأثير

impact-unknown = لم يُذكر التأثير
impact-none = بلا تأثير
impact-maintenance = صيانة
impact-minor = بسيط
impact-major = كبير
impact-critical = حرج

## المراحل

phase-open = مفتوح
phase-investigating = قيد التحقيق
phase-identified = تم تحديد السبب
phase-monitoring = قيد المراقبة
phase-resolved = تم الحل

work-announced = معلنة
work-planned = مجدولة
work-in-progress = جارية
work-verifying = قيد التحقق
work-completed = مكتملة
work-cancelled = ملغاة

update-update = تحديث
update-investigating = قيد التحقيق
update-identified = تم تحديد السبب
update-monitoring = قيد المراقبة
update-resolved = تم الحل
update-postmortem = تقرير ما بعد الحادث
update-scheduled = مجدولة
update-in-progress = جارية
update-verifying = قيد التحقق
update-completed = مكتملة
update-cancelled = ملغاة

## الخلاصة

no-services-yet = لا خدمات بعد
within-no-services-yet = لا خدمات بعد
all-services-operational = جميع الخدمات تعمل
within-all-services-operational = جميع الخدمات تعمل
incidents-still-open = { PLURAL($count) ->
    [zero] لا حوادث مفتوحة
    [one] حادث واحد ما زال مفتوحًا
    [two] حادثان ما زالا مفتوحين
    [few] { $count } حوادث ما زالت مفتوحة
    [many] { $count } حادثًا ما زالت مفتوحة
   *[other] { $count } حادث ما زالت مفتوحة
}

part-operational = { $kind ->
    [component] المكوّنات العاملة
   *[service] الخدمات العاملة
}: { $part } من { $all }
part-all-operational = { $kind ->
    [component] المكوّنات العاملة
   *[service] الخدمات العاملة
}: { $part } من { $all }
part-unstated = { $kind ->
    [component] المكوّنات التي لا نعرف حالتها
   *[service] الخدمات التي لا نعرف حالتها
}: { $part } من { $all }
part-unread = { $kind ->
    [component] مكوّنات بلا بيانات
   *[service] خدمات بلا بيانات
}: { $part } من { $all }
part-in-work = { $kind ->
    [component] مكوّنات في صيانة مجدولة
   *[service] خدمات في صيانة مجدولة
}: { $part } من { $all }
part-affected = { $kind ->
    [component] المكوّنات المتأثرة
   *[service] الخدمات المتأثرة
}: { $part } من { $all }
part-of-third-party = { $what }، لطرف ثالث
part-of-third-parties = { $what }، جميعها لأطراف ثالثة
part-some-of-third-parties = { PLURAL($count) ->
    [zero] { $what }
    [one] { $what }، إحداها لطرف ثالث
    [two] { $what }، اثنتان منها لأطراف ثالثة
    [few] { $what }، { $count } منها لأطراف ثالثة
    [many] { $what }، { $count } منها لأطراف ثالثة
   *[other] { $what }، { $count } منها لأطراف ثالثة
}
whole-page-affected = أُبلغ عنه للصفحة كلها

detail-since = { $what } منذ { $time } ({ $length })
detail-at-first-reading = { $what }، وكان الأمر كذلك عند أول قراءة ({ $time })
detail-and-unread = { $detail }؛ بلا بيانات: { $count }
detail-and-unstated = { $detail }؛ في حالة لا نعرفها: { $count }

so-since = { $what } منذ { $time }
so-already-at = { $what }، وكان كذلك في { $time }

caused-by = بسبب { $cause }
no-reading-of = لا بيانات من { $provider }
last-known = آخر حالة معروفة: { $status }

## تسعون يومًا

days-ago = { PLURAL($count) ->
    [zero] اليوم
    [one] قبل يوم واحد
    [two] قبل يومين
    [few] قبل { $count } أيام
    [many] قبل { $count } يومًا
   *[other] قبل { $count } يوم
}
today = اليوم
days-from-the-second = تُعرض الأيام ابتداءً من اليوم الثاني للبيانات.
days-summary = { PLURAL($days) ->
    [zero] { $name }: { $caption }
    [one] { $name }، آخر يوم: { $caption }
    [two] { $name }، آخر يومين: { $caption }
    [few] { $name }، آخر { $days } أيام: { $caption }
    [many] { $name }، آخر { $days } يومًا: { $caption }
   *[other] { $name }، آخر { $days } يوم: { $caption }
}
days-table = { $name }: الأيام التي لم تخلُ من مشكلة؛ وفي سواها كانت الخدمة تعمل
days-no-trouble = لا أعطال
days-no-trouble-within = لا أعطال
days-trouble = { PLURAL($count) ->
    [zero] لا أيام فيها أعطال
    [one] يوم واحد فيه أعطال
    [two] يومان فيهما أعطال
    [few] { $count } أيام فيها أعطال
    [many] { $count } يومًا فيها أعطال
   *[other] { $count } يوم فيها أعطال
}
days-work = { PLURAL($count) ->
    [zero] لا أيام فيها صيانة
    [one] يوم واحد فيه صيانة
    [two] يومان فيهما صيانة
    [few] { $count } أيام فيها صيانة
    [many] { $count } يومًا فيها صيانة
   *[other] { $count } يوم فيها صيانة
}
days-unknown = { PLURAL($count) ->
    [zero] لا أيام بلا بيانات
    [one] يوم واحد بلا بيانات
    [two] يومان بلا بيانات
    [few] { $count } أيام بلا بيانات
    [many] { $count } يومًا بلا بيانات
   *[other] { $count } يوم بلا بيانات
}
minutes-down = تعطُّل { $length }
minutes-degraded = أداء منخفض { $length }
minutes-maintenance = صيانة { $length }
minutes-unknown = لا بيانات { $length }
third-party = طرف ثالث

## الحوادث

dates-resolved = { $from } · حُلّ في { $until }
started-at = بدأ { $time }
posted-at = نُشر { $time }
first-seen-at = رُصد أول مرة { $time }
posted-after-start = نُشر بعد { $length } من البداية
posted-after-end = نُشر بعد { $length } من البداية، وكان قد انتهى
work-from = من { $time }
work-until = حتى { $time }
work-end-not-announced = لم يُعلن وقت الانتهاء
work-time-not-announced = لم يُعلن الوقت
cause = السبب: { $cause }
work-of-provider = يخطط لها مزوّدنا { $provider }
next-update-by = التحديث التالي بحلول { $time }
updates-count = { PLURAL($count) ->
    [zero] لا تحديثات
    [one] تحديث واحد
    [two] تحديثان
    [few] { $count } تحديثات
    [many] { $count } تحديثًا
   *[other] { $count } تحديث
}
edited-first-seen = عُدّل، ورُصد التعديل أول مرة { $time }
what-was-changed = ما الذي تغيّر
no-time-given = لم يُذكر الوقت
read-all = قراءة النص كاملًا
untitled = بلا عنوان
post-mortem = تقرير ما بعد الحادث
actions-heading = ما الذي نقوم به
action-by = حتى { $day }
action-done = تمّ

all-incidents = جميع الحوادث
impact-over-time = الأثر عبر الزمن
wave-of = { $status }، { $span }، { $length }
wave-since = { $status } منذ { $time }
added-afterwards = أُضيف لاحقًا
goes-on-as = يستمر باسم { $incident }
reported-by = أبلغ عنه { $names }
facts = الوقائع
at-the-provider = لدى المزوّد ↖
affected = المتأثر
no-component-named = لم يُذكر أي مكوّن
updates = التحديثات
newest-first = الأحدث أولًا
nothing-said-so-far = لم يُنشر شيء حتى الآن.
other-incidents = حوادث أخرى
newer = الأحدث
older = الأقدم

clock-started = البداية
clock-first-word = أول إعلان
clock-first-seen = أول رصد من جانبنا
clock-resolved = الحل
clock-starts = البداية
clock-ends = النهاية
at-once = فورًا
after-the-start = بعد { $length } من البداية
over-already = وكان قد انتهى
as-soon-as-posted = فور نشره
after-it-was-posted = بعد { $length } من نشره
after-the-first-word = بعد { $length } من أول إعلان
start-not-stated = لم تُذكر البداية
time-not-stated = لم يُذكر الوقت
end-not-stated = لم تُذكر النهاية
not-announced = لم يُعلن
not-yet = ليس بعد

## الصفحة

title-of = { $what } · { $page }
page-says = { $page }: { $what }
site = الموقع
language = اللغة:
skip-to-content = الانتقال إلى المحتوى
history = السجل
uptime = نسبة التوفر
follow = المتابعة
now = الآن
service = الخدمة
services = الخدمات
components = المكوّنات
incidents = الحوادث
incidents-of = حوادث { $page }
maintenance = الصيانة
planned-work = الصيانة المجدولة
past-incidents = الحوادث السابقة
all = الكل
no-services-shown = لا تعرض هذه الصفحة أي خدمات بعد.
no-incidents-so-far = لا حوادث حتى الآن.
incident-history = سجل الحوادث
atom-feed = خلاصة Atom
rss-feed = خلاصة RSS
calendar-of-work = تقويم الصيانة
badge = الشارة
plain-text = نص عادي
as-of = آخر تحديث: { $time }
as-of-within = آخر تحديث: { $time }
times-in = جميع الأوقات بتوقيت { $zone }
this-old = قبل { $age }
times-here = جميع الأوقات بتوقيت منطقتك، { $zone }
how-uptime-is-computed = كيف تُحسب نسبة التوفر
kept-by-midwatch = تُدار هذه الصفحة عبر Midwatch
link-site = الموقع الإلكتروني
link-support = الدعم
link-legal = إشعار قانوني
gate-title = هذه الصفحة محمية
gate-ask = أعطى القائمون عليها كلمة المرور لمن أُعدّت لهم.
gate-password = كلمة المرور
gate-open = فتح
gate-wrong = هذه ليست كلمة مرورها.

## نسبة التوفر

figure-of-all = 90 يومًا · { $share } دون احتساب الوقت بلا بيانات
all-together = الإجمالي
no-data = لا بيانات
uptime-formula = نسبة التوفر = 1 − التعطُّل / (الفترة − الصيانة − بلا بيانات)
uptime-explained = التعطُّل هو وقت الانقطاع الجزئي أو الكبير. أما وقت الصيانة والوقت بلا بيانات فيُذكران على حدة ولا يُحتسبان لصالح النسبة ولا ضدها. تُقرَّب الأرقام إلى الأدنى. تبدأ الأيام عند منتصف الليل بالتوقيت العالمي.
uptime-of-all = يُحتسب للجميع معًا في كل لحظة أسوأ حالة بين الخدمات: التعطُّل إذا تعطَّلت إحداها، وبلا بيانات إذا لم يُعرف شيء عن أي منها.
uptime-as-data = الفترات التي يمكن إعادة حساب كل الأرقام منها:
down-origin = من أين جاء التعطُّل
down-by-providers = من المزوِّدين
down-by-each = أيُّ المزوِّدين
down-origin-explained = آخر 90 يومًا. يأتي التعطُّل من مزوِّد ما دامت حادثة معلنة تمسّ الخدمة قائمة وتذكر المزوِّد سببًا لها. وإن تعددوا، تُحسب اللحظة مرة واحدة لمن بدأت مشكلته أولًا. أما الباقي فمنّا أو مجهول المصدر.
uptime-by-month = نسبة التوفر حسب الشهر
window-24-hours = 24 ساعة
window-12-months = 12 شهرًا
window-7-days = 7 أيام
window-30-days = 30 يومًا
window-90-days = 90 يومًا
uptime-figures = أرقام التوفر
down = التعطُّل
no-reading = بلا بيانات
window = الفترة

## التنبيهات

alerts-about = تنبيهات عن { $name }
alerts-description = تلقَّ تنبيهًا بالبريد الإلكتروني أو عبر webhook عند وقوع حادث أو صيانة مجدولة لدى { $name }.
alerts-how = رسالة واحدة عند كل تغيير، ثم رسالة واحدة على الأكثر كل خمس دقائق. تؤكد أولًا عبر رابط، وتُلغي الاشتراك عبر رابط في كل رسالة.
alerts-where = إلى أين
alerts-email = البريد الإلكتروني
alerts-or = أو
alerts-no-mail = التنبيهات بالبريد الإلكتروني غير متاحة هنا: لا خادم بريد لهذا النظام.
alerts-webhook = Webhook
alerts-webhook-signed = يتلقى webhook طلبات موقَّعة وفق Standard Webhooks؛ وأولها يتضمن رابط التأكيد.
alerts-ask = طلب التنبيهات
alerts-address-kept = يُحفظ العنوان حتى تُلغي الاشتراك، ولا يُستخدم لأي شيء آخر.
choice-about = عن ماذا
choice-incidents = الحوادث والانقطاعات
choice-work = الصيانة المجدولة
choice-least = أخبرني بالأعطال:
least-any = من أي نوع
least-degraded = أداء منخفض أو أسوأ
least-partial = انقطاع جزئي أو أسوأ
least-major = انقطاع كبير فقط
choice-whole = صفحة { $name } كلها
choice-some = هذه فقط:
alerts-yours = تنبيهاتك عن { $name }
alerts-go-to = تصل إلى { $address }.
alerts-saved = تم الحفظ. هذا ما ستتلقاه من الآن.
alerts-save = حفظ
alerts-signatures = التحقق من التواقيع
alerts-secret = تُوقَّع الطلبات بهذا السر وفق Standard Webhooks. ومن يملكه يستطيع الكتابة باسمنا.
alerts-leave = إلغاء الاشتراك
alerts-forgotten = يُمحى عنوانك فورًا.
alerts-unsubscribe = إلغاء الاشتراك
alerts-source = مقروء من الصفحة العامة للمزوّد؛ ولا صلة لـ Midwatch به.
alerts-keep-secret = احتفظ بهذا الرابط لنفسك: فمن يملكه يستطيع تغيير تنبيهاتك.
choice-postmortems = ما تعلّمناه من الحوادث
alerts-slack = Slack
alerts-slack-how = عنوان incoming webhook من Slack؛ وتتلقى قناته رابط التأكيد.
alerts-one-only = عن هذا فقط: { $title }
alerts-language = لغة الرسائل
alerts-or-feeds = يمكنك متابعة موجز من دون ترك عنوان:
alerts-subscribe = تلقّي التنبيهات
alerts-follow-this = متابعة هذا

trouble-nowhere = حدّد إلى أين تُرسل التنبيهات.
trouble-webhook = يجب أن يكون webhook عنوانًا كاملًا، مثل https://example.com/hook.
trouble-slack = هذا ليس عنوان incoming webhook من Slack؛ والصحيح مثل https://hooks.slack.com/services/…
trouble-no-mail = التنبيهات بالبريد الإلكتروني غير متاحة هنا.
trouble-email = هذا ليس عنوان بريد إلكتروني.
trouble-one-place = اختر مكانًا واحدًا لا أكثر.
trouble-nothing = اختر نوعًا واحدًا من الأخبار على الأقل.
trouble-no-component = اختر مكوّنًا واحدًا على الأقل، أو الصفحة كلها.

note-ask-heading = هل تريد تلقّي تنبيهات عن { $name }؟
note-ask = ستصل التنبيهات إلى { $address }. وفي كل رسالة رابط لإلغاء الاشتراك.
note-sent-heading = أكِّد أنك أنت
note-sent-mail = أرسلنا رابطًا إلى هناك. قد يستغرق ذلك بضع دقائق؛ ابحث أيضًا في البريد غير المرغوب فيه. لن يُرسل شيء آخر حتى تفتحه.
note-sent-posted = نرسل رابطًا إلى هناك. لن يُرسل شيء آخر حتى يفتحه أحد.
note-back = العودة إلى صفحة الحالة
note-leaving-heading = إلغاء الاشتراك؟
note-leaving = لن تتلقى شيئًا بعد الآن، ويُمحى عنوانك فورًا.
note-change-instead = تغيير ما تتلقاه بدلًا من ذلك
note-left-heading = أُلغي اشتراكك
note-left = لن يُرسل شيء آخر، وقد مُحي عنوانك.

## رسائل إلى المشتركين

news-heading = { $state }: { $title }
news-begins-in = { PLURAL($count) ->
    [zero] يبدأ خلال { $count } ساعة
    [one] يبدأ خلال ساعة واحدة
    [two] يبدأ خلال ساعتين
    [few] يبدأ خلال { $count } ساعات
    [many] يبدأ خلال { $count } ساعة
   *[other] يبدأ خلال { $count } ساعة
}
news-reopened = أُعيد فتحه
news-impact = الأثر
news-at = الوقت
news-repeat = ربما وصلتك هذه الرسالة من قبل: قد تكون محاولة سابقة قد وصلت.
news-why = طلبت تلقّي تنبيهات عن هذه الصفحة.
news-change = تغيير ما تتلقاه أو إلغاء الاشتراك
news-read = القراءة في صفحة الحالة
question-subject = تأكيد التنبيهات عن { $name }
question-asked = طلب شخص ما، نأمل أنه أنت، تلقّي تنبيه عند وقوع حادث أو صيانة مجدولة لدى { $name }.
question-yes = نعم، نبّهني
question-good = { PLURAL($count) ->
    [zero] الرابط صالح لمدة { $count } ساعة. إن لم تكن أنت فلا تفعل شيئًا: لن يُرسل شيء آخر.
    [one] الرابط صالح لمدة ساعة واحدة. إن لم تكن أنت فلا تفعل شيئًا: لن يُرسل شيء آخر.
    [two] الرابط صالح لمدة ساعتين. إن لم تكن أنت فلا تفعل شيئًا: لن يُرسل شيء آخر.
    [few] الرابط صالح لمدة { $count } ساعات. إن لم تكن أنت فلا تفعل شيئًا: لن يُرسل شيء آخر.
    [many] الرابط صالح لمدة { $count } ساعة. إن لم تكن أنت فلا تفعل شيئًا: لن يُرسل شيء آخر.
   *[other] الرابط صالح لمدة { $count } ساعة. إن لم تكن أنت فلا تفعل شيئًا: لن يُرسل شيء آخر.
}

## ما تقوله الآلة عن الحوادث وأعمال الصيانة

said-title = { $services }: { $status } لدى { $who }
said-major-outage = انقطاع كبير: { $services }.
said-partial-outage = انقطاع جزئي: { $services }.
said-degraded-performance = أداء منخفض: { $services }.
said-recovered = عادت إلى العمل: { $services }.
said-cause = السبب لدى مزوّدنا: { $who }.
said-report = أفاد المزوّد: { $incident } ({ $phase }).
said-quote = «{ $title }»
said-identified = تم تحديد السبب لدى { $who }.
said-monitoring = أُجري إصلاح لدى { $who } وتجري مراقبة النتيجة.
said-investigating = يجري التحقيق من جديد لدى { $who }.
said-back = عادت المشكلة.
said-unchanged = لم يتغيّر شيء منذ التحديث الأخير.
said-watching = نواصل المراقبة.
said-calm = عادت الخدمات المتأثرة إلى العمل. وبما أن المشكلة تكررت عدة مرات، نواصل المراقبة قبل أن نعدّها محلولة.
said-no-longer-ours = لم يعد ما يُعرض هنا يعتمد على { $who }، ولذلك انتهى الأمر هنا.
said-awaited = لم تعد المشكلة معلنة. الخدمات المتأثرة: { $services }. ننتظر بيانات من { $who } تُظهر أنها انتهت، ونواصل المراقبة حتى ذلك الحين.
said-resolved = أُبلغ عن التعافي لدى { $who }. تعمل بشكل طبيعي: { $services }.
said-over = أُبلغ عن التعافي لدى { $who }. انتهت هذه المشكلة. الخدمات المتأثرة: { $services }.
said-noticed = نحقّق في الأمر.
said-cause-found = تم تحديد السبب.
said-fix-in-place = أُجري إصلاح ونراقب النتيجة.
said-looking-again = نحقّق في الأمر من جديد.
said-reopened = أُعيد فتح هذا الحادث.
said-ended = تم حل هذا الحادث.
said-added-afterwards = انتهى هذا الحادث. وقد أُضيف لاحقًا.
said-goes-on-as = يتواصل هذا الحادث باسم { $incident }.
said-part-of-it = { $incident } جزء من هذا الحادث.
said-work-planned = هذه الصيانة مجدولة.
said-work-moved = هذه الصيانة مجدولة الآن من { $from } إلى { $until }.
said-work-begun = بدأت هذه الصيانة.
said-work-extended = تنتهي هذه الصيانة الآن في { $until }.
said-work-overrun = انقضى الوقت المقرر وليس كل شيء كما ينبغي بعد. نحقّق في الأمر.
said-work-done = اكتملت هذه الصيانة.
said-work-cancelled = لن تُجرى هذه الصيانة.
said-work-failed = واجهت هذه الصيانة مشكلة وتتواصل كحادث.
said-and = { $others } و{ $last }
said-internal-services = خدمات داخلية
said-no-provider = أحد المزوّدين
said-only-services = { PLURAL($count) ->
    [zero] لا خدمات
    [one] خدمة واحدة
    [two] خدمتان
    [few] { $count } خدمات
    [many] { $count } خدمة
   *[other] { $count } خدمة
}
said-more-services = { PLURAL($count) ->
    [zero] لا خدمات أخرى
    [one] خدمة أخرى
    [two] خدمتان أخريان
    [few] { $count } خدمات أخرى
    [many] { $count } خدمة أخرى
   *[other] { $count } خدمة أخرى
}
said-only-providers = { PLURAL($count) ->
    [zero] لا مزوّدين
    [one] مزوّد واحد
    [two] مزوّدان
    [few] { $count } مزوّدين
    [many] { $count } مزوّدًا
   *[other] { $count } مزوّد
}
said-more-providers = { PLURAL($count) ->
    [zero] لا مزوّدين آخرين
    [one] مزوّد آخر
    [two] مزوّدان آخران
    [few] { $count } مزوّدين آخرين
    [many] { $count } مزوّدًا آخر
   *[other] { $count } مزوّد آخر
}

## أجزاء صغيرة

list-comma = {"، "}
unit-day = ي
unit-hour = س
unit-minute = د
unit-second = ث
