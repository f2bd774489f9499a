/* SPDX-License-Identifier: MIT */
/* The traps of traps_x86.S: each function's true figures. trap_frames_test OBJECT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "stack/frame/frame.h"

static const char *object_path;

struct fixture {
	struct plim_image_list list;
	struct plim_frames frames;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	struct plim_error err;

	memset(&fixture, 0, sizeof(fixture));
	assert_int_equal(plim_image_open(object_path, &fixture.list, &err), 0);
	assert_int_equal(plim_frames_compute(fixture.list.images[0], PLIM_FRAMES_ACCESSES,
					     &fixture.frames, &err),
			 0);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	if (!f) /* set_up() failed and has said why */
		return 0;
	plim_frames_free(&f->frames);
	plim_image_list_free(&f->list);
	return 0;
}

static const struct plim_frame *frame_of(const struct fixture *f, const char *name)
{
	const struct plim_symbol *symbol = plim_image_symbol_named(f->list.images[0], name);

	assert_non_null(symbol);
	assert_int_not_equal(symbol->function, PLIM_NONE);
	return &f->frames.frames[symbol->function];
}

static const struct plim_call *call_of(const struct fixture *f, const char *name, unsigned index)
{
	const struct plim_frame *frame = frame_of(f, name);

	assert_true(index < frame->call_count);
	return &f->frames.calls[frame->first_call + index];
}

static const char *target_of(const struct fixture *f, const struct plim_call *call)
{
	const struct plim_image *image = f->list.images[0];

	if (call->import != PLIM_NONE)
		return image->imports[call->import].name;
	return call->callee == PLIM_NONE ? "" : image->functions[call->callee].name;
}

static void test_frames(void **state)
{
	static const struct {
		const char *name;
		uint64_t bytes;
		uint64_t red_zone;
		enum plim_frame_status status;
	} truths[] = {
		{"plain", 48, 0, PLIM_FRAME_PROVED},
		{"red_zone", 8, 100, PLIM_FRAME_TRACKED},
		{"realigned", 16 + 48 + 128, 0, PLIM_FRAME_TRACKED},
		{"pushed_arguments", 40, 0, PLIM_FRAME_TRACKED},
		{"never_returns", 80, 0, PLIM_FRAME_TRACKED},
		{"after_noreturn", 16, 0, PLIM_FRAME_TRACKED},
		{"tail_call", 32, 0, PLIM_FRAME_TRACKED},
		{"tail_call_deep", 40, 0, PLIM_FRAME_TRACKED},
		{"probe_loop", 8 + 20480 + 40, 0, PLIM_FRAME_TRACKED},
		{"probe_call", 8 + 30000, 0, PLIM_FRAME_TRACKED},
		{"takes_alloca", 16, 0, PLIM_FRAME_DYNAMIC},
		{"by_table", 200, 0, PLIM_FRAME_TRACKED},
		{"open_jump", 72, 0, PLIM_FRAME_TRACKED},
		{"linked_caller", 24, 0, PLIM_FRAME_TRACKED},
		{"linked_routine", 0, 0, PLIM_FRAME_TRACKED},
		{"linked_by_rcx", 8, 0, PLIM_FRAME_TRACKED},
		{"calls_own_part", 32, 0, PLIM_FRAME_TRACKED},
		{"linked_says_table", 0, 0, PLIM_FRAME_PROVED},
		{"wrong_table", 72, 0, PLIM_FRAME_CONFLICT},
		/* 8 to the next 32 and at worst 16 more; then rip, rbp, r10 and 40. */
		{"restored_pointer", 32 + 3 * 8 + 40, 0, PLIM_FRAME_TRACKED},
		{"with_cold_half", 40, 0, PLIM_FRAME_TRACKED},
		{"by_retpoline", 16, 0, PLIM_FRAME_TRACKED},
	};

	for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
		const struct plim_frame *frame = frame_of(*state, truths[i].name);

		if (frame->frame_bytes != truths[i].bytes ||
		    frame->red_zone_bytes != truths[i].red_zone ||
		    frame->status != truths[i].status)
			print_message("%s: %lu + %lu %s\n", truths[i].name,
				      (unsigned long)frame->frame_bytes,
				      (unsigned long)frame->red_zone_bytes,
				      plim_frame_status_name(frame->status));
		assert_int_equal(frame->frame_bytes, truths[i].bytes);
		assert_int_equal(frame->red_zone_bytes, truths[i].red_zone);
		assert_int_equal(frame->status, truths[i].status);
	}
}

static void test_growth_is_no_number(void **state)
{
	const struct plim_frame *frame = frame_of(*state, "grows_in_loop");

	assert_true(frame->flags & PLIM_FRAME_GROWS_IN_LOOP);
	assert_true(frame->status == PLIM_FRAME_DYNAMIC || frame->status == PLIM_FRAME_UNKNOWN);
	frame = frame_of(*state, "switches_stack");
	assert_int_equal(frame->status, PLIM_FRAME_UNKNOWN);
	assert_true(frame->flags & PLIM_FRAME_SWITCHES_STACK);
	assert_non_null(frame->reason);
}

static void test_calls(void **state)
{
	const struct plim_call *call = call_of(*state, "pushed_arguments", 0);

	assert_int_equal(call->depth_bytes, 40);
	assert_int_equal(call->kind, PLIM_CALL_IMPORT);
	assert_string_equal(target_of(*state, call), "external_function");
	call = call_of(*state, "tail_call", 1);
	assert_int_equal(call->depth_bytes, 0);
	assert_true(call->flags & PLIM_CALL_TAIL);
	assert_string_equal(target_of(*state, call), "plain");
	call = call_of(*state, "tail_call_deep", 0);
	assert_int_equal(call->depth_bytes, 32);
	call = call_of(*state, "after_noreturn", 0);
	assert_true(call->flags & PLIM_CALL_NORETURN);
	assert_int_equal(frame_of(*state, "after_noreturn")->call_count, 2);
	call = call_of(*state, "takes_alloca", 0);
	assert_true(call->flags & PLIM_CALL_DYNAMIC);
	assert_int_equal(call_of(*state, "with_cold_half", 0)->depth_bytes, 40);
	assert_int_equal(call_of(*state, "restored_pointer", 1)->depth_bytes, 0);
	assert_int_equal(call_of(*state, "open_jump", 1)->depth_bytes, 72);
	assert_true(frame_of(*state, "open_jump")->flags & PLIM_FRAME_OPEN_JUMP);
}

static void test_linked_jumps(void **state)
{
	const struct plim_call *call = call_of(*state, "linked_caller", 0);

	assert_true(call->flags & PLIM_CALL_LINKED);
	assert_false(call->flags & PLIM_CALL_TAIL);
	assert_int_equal(call->depth_bytes, 24);
	assert_string_equal(target_of(*state, call), "linked_routine");
	call = call_of(*state, "linked_caller", 1);
	assert_int_equal(call->depth_bytes, 24);
	assert_string_equal(target_of(*state, call), "external_function");
	call = call_of(*state, "linked_near", 0);
	assert_true(call->flags & PLIM_CALL_LINKED);
	assert_int_equal(call->depth_bytes, 8);
	assert_true(frame_of(*state, "linked_routine")->flags & PLIM_FRAME_LINKED);
	assert_true(frame_of(*state, "linked_by_rcx")->flags & PLIM_FRAME_LINKED);
	assert_int_equal(frame_of(*state, "linked_by_rcx")->call_count, 0);
	assert_int_equal(frame_of(*state, "linked_says_table")->call_count, 0);
	assert_true(frame_of(*state, "linked_says_table")->flags & PLIM_FRAME_LINKED);
	assert_int_equal(frame_of(*state, "calls_own_part")->call_count, 1);
	assert_string_equal(target_of(*state, call_of(*state, "calls_own_part", 0)),
			    "external_function");
}

static void test_operands(void **state)
{
	const struct fixture *f = *state;
	const struct plim_call *call = call_of(*state, "by_field", 0);
	const struct plim_pointer *pointer;

	assert_int_equal(call->kind, PLIM_CALL_INDIRECT);
	assert_int_equal(call->operand.kind, PLIM_OPERAND_FIELD);
	assert_int_equal(call->operand.displacement, 24);
	assert_int_equal(call->operand.base_is_parameter, 1);
	call = call_of(*state, "by_slot", 0);
	assert_int_equal(call->operand.kind, PLIM_OPERAND_SLOT);
	assert_true(call->flags & PLIM_CALL_TAIL);
	pointer = plim_image_pointer_at(f->list.images[0], call->operand.slot);
	assert_non_null(pointer);
	assert_int_equal(plim_image_symbol_named(f->list.images[0], "plain")->address,
			 pointer->target);
	call = call_of(*state, "by_retpoline", 0);
	assert_int_equal(call->kind, PLIM_CALL_INDIRECT);
	assert_int_equal(frame_of(*state, "by_retpoline")->call_count, 1);
}

static void test_accesses(void **state)
{
	const struct fixture *f = *state;
	const struct plim_frame *frame = frame_of(f, "red_zone");

	assert_int_equal(frame->access_count, 2);
	assert_int_equal(f->frames.accesses[frame->first_access].low_bytes, 108);
	assert_int_equal(f->frames.accesses[frame->first_access].size, 4);
	assert_true(f->frames.accesses[frame->first_access].is_store);
	assert_false(f->frames.accesses[frame->first_access + 1].is_store);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),   cmocka_unit_test(test_growth_is_no_number),
		cmocka_unit_test(test_calls),    cmocka_unit_test(test_linked_jumps),
		cmocka_unit_test(test_operands), cmocka_unit_test(test_accesses),
	};

	if (argc != 2)
		return 2;
	object_path = argv[1];
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
