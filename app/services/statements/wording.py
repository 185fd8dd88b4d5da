"""Every sentence of a statement of reasons that no ruleset writes, in both languages."""

from __future__ import annotations

from app.domain.values import Text
from app.settings.issuer import ADDRESS, COMPANY, CONTACT

TITLE = Text("Statement of reasons", "决定理由说明")
FOOTER = Text("Statement of reasons, decision {id}", "决定理由说明，决定编号 {id}")

CUSTOMER = Text("Customer", "客户")
REFERENCE = Text("Reference", "业务编号")
DECIDED_ON = Text("Date of the decision", "决定日期")

ABOUT = Text("What it is about", "事项")
DECIDED = Text("What was decided", "决定结果")
OUTCOME = Text("Outcome", "结论")
BY = {
    "rules": Text(
        "The decision was made automatically, under the written rules of our credit policy.",
        "本决定由系统依据我方书面信用政策自动作出。",
    ),
    "person": Text(
        "A person of our company looked at the request and decided on this day.",
        "本决定由我方人员审核后于决定日期作出。",
    ),
    "confirmed": Text(
        "The rules of our credit policy proposed it, and a person of our company confirmed it on this day.",
        "本决定由我方信用政策提出，并经我方人员于决定日期确认。",
    ),
}
UNTIL = Text("It holds until {until}.", "有效期至{until}。")
CONDITIONAL = Text(
    "This is not all that was asked for. The reasons are given whether or not you accept it.",
    "上述结果与申请不尽一致。无论是否接受，均说明理由如下。",
)

REASONS = Text("The principal reasons", "主要理由")
WITHHELD = Text(
    "There is a further reason, which we tell you on request.",
    "另有其他理由，可应要求告知。",
)
BROAD = Text(
    "This states our assessment as a whole. On request we name the findings on which it rests.",
    "以上为综合评价，可应要求说明其所依据的具体情况。",
)
ON_REQUEST = Text("On request we name the specific reasons.", "具体理由可应要求告知。")

WAYS_FORWARD = Text("What would change the decision", "何种变化会改变结论")
WAYS_NOTE = Text(
    "Under the same rules, and with all else as it was, any one of these would have changed it:",
    "在规则及其他情况不变的前提下，以下任一变化即可改变结论：",
)

REVIEW = Text("How to ask for a review", "如何申请复核")
REVIEW_HOW = Text(
    "Until {until} ({days} days from the decision) you may ask us to look at it again. Give the number of the"
    " decision, and say what is wrong or what has changed. A person who took no part in the decision will"
    " answer in writing.",
    "贵方可在{until}前（自决定之日起{days}天内）申请复核，请注明决定编号，并说明有误或已变化之处。"
    "复核由未参与原决定的人员进行，并书面答复。",
)
CONTACT_LINE = Text("Contact", "联系方式")
NO_CONTACT = Text(
    "The company has not yet named a contact for reviews; ask the person who gave you this statement.",
    "公司尚未指定复核联系方式，请向交付本说明的人员了解。",
)

CHECK = Text("How to check this statement", "如何核验本说明")
CHECK_HOW = Text(
    "The decision is an entry of our audit log, in which nothing can be changed unseen. With these numbers an"
    " auditor can prove what was decided, when, and under which rules.",
    "本决定已记入审计日志，任何改动均可被发现。审计人员可凭下列编号核验决定内容、时间及所依据的规则。",
)
DECISION = Text("Decision", "决定编号")
RULES = Text("Rules", "所依据规则")
DIGEST = Text("Digest of the rules", "规则摘要值")
LEAF = Text("Entry of the log", "日志条目")
SETTLED = Text("Settled by", "人工决定")
SETTLED_LEAF = Text("Its entry of the log", "其日志条目")

NOT_READY = Text(
    "Not ready to be sent: the company has not stated {missing}.",
    "尚不可发出：公司尚未设置{missing}。",
)
MISSING = {
    COMPANY: Text("its name", "公司名称"),
    ADDRESS: Text("its address", "公司地址"),
    CONTACT: Text("a contact for reviews", "复核联系方式"),
}
LISTED = Text(", ", "、")
