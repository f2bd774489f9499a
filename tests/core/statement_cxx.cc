// SPDX-License-Identifier: MIT
// Statements in what C++ has and C has not. Temporaries behind a string must live until the record
// is made, with up to five words and beyond, optimised or not.
#include "statement_inline.h"

#include <string>

PLIM_PROVIDER_DEFINE(values, "Values");

template <typename T> static T log_template(T value)
{
	PLIM_LOG(values, PLIM_INFO, 0, "template", PLIM_U64("size", sizeof(T)),
		 PLIM_I64("value", static_cast<int64_t>(value)));
	return value;
}

struct Door {
	int opened = 0;

	int open(const std::string &who)
	{
		PLIM_LOG(values, PLIM_INFO, 0, "door", PLIM_I32("opened", ++opened),
			 PLIM_STR("who", (who + ", welcome to this house").c_str()));
		return opened;
	}
};

static std::string padded(const char *text)
{
	return std::string(60, '.') + text;
}

int main()
{
	Door door;
	int captured = 5;
	auto lambda = [&captured](int add) {
		captured += add;
		PLIM_LOG(values, PLIM_INFO, 0, "lambda", PLIM_I32("captured", captured),
			 PLIM_F64("half", captured / 2.0));
		return captured;
	};

	log_template<char>('c');
	log_template<long>(-3);
	door.open("first");
	door.open(padded("second"));
	lambda(2);
	PLIM_LOG(values, PLIM_INFO, 0, "many", PLIM_STR("a", padded("a").c_str()),
		 PLIM_STR("b", padded("b").c_str()), PLIM_I32("c", lambda(1)),
		 PLIM_STR("d", std::string("d").c_str()), PLIM_F32("e", 0.5f), PLIM_U8("f", 6),
		 PLIM_STR("g", padded("g").c_str()));
	for (const char *word : {"one", "two"})
		PLIM_LOG(values, PLIM_INFO, 0, "range", PLIM_STR("word", word));
	try {
		PLIM_LOG(values, PLIM_INFO, 0, "thrown",
			 PLIM_I32("never", captured > 0 ? throw 1 : 2));
	} catch (int thrown) {
		PLIM_LOG(values, PLIM_INFO, 0, "caught", PLIM_I32("thrown", thrown));
	}
	log_inline(captured);
	return 0;
}
